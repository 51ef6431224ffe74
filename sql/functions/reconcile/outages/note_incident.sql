create or replace function reconcile.note_incident(
  p_outage_no bigint, p_t_ms bigint, p_seq bigint, p_nth integer, p_source text, p_asset_id text, p_source_event_id text
) returns void
language sql as $$
  update reconcile.outages
  set incident_ms = p_t_ms, incident_seq = p_seq, incident_nth = p_nth, incident_source = p_source, incident_asset_id = p_asset_id,
    incident_event_id = p_source_event_id
  where outage_no = p_outage_no
    and (incident_ms is null or (p_t_ms, p_seq, p_nth) < (incident_ms, incident_seq, incident_nth))
$$;
comment on function reconcile.note_incident(bigint, bigint, bigint, integer, text, text, text) is
  'Names the incident of an outage after a substation event, if it is the earliest (epoch ms), ties by the place on the log.';
