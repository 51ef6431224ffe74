create or replace function reconcile.note_incident(p_outage_no bigint, p_t_ms bigint, p_source text, p_source_event_id text) returns void
language sql as $$
  update reconcile.outages
  set incident_ms = p_t_ms, incident_source = p_source, incident_event_id = p_source_event_id
  where outage_no = p_outage_no
    and (
      incident_ms is null or p_t_ms < incident_ms
      or p_t_ms = incident_ms
        and (p_source || '/' || p_source_event_id) collate "C" < (incident_source || '/' || incident_event_id) collate "C")
$$;
comment on function reconcile.note_incident(bigint, bigint, text, text) is
  'Names the incident of an outage after a substation event, if it is the earliest (epoch ms), ties by identity.';
