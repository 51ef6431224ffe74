create or replace function reconcile.outage_id_of(p_key reconcile.keys, p_event reconcile.queue) returns uuid
language sql stable parallel safe as $$
  select reconcile.names_id((p_key).substation_id, (p_key).feeder_id, (p_event).source, (p_event).asset_id,
    (p_event).source_event_id, reconcile.iso_of((p_event).t_ms))
$$;
comment on function reconcile.outage_id_of(reconcile.keys, reconcile.queue) is 'The id of the outage that an event opens.';
