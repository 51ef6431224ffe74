create or replace function reconcile.open_outage(p_key reconcile.keys, p_event reconcile.queue) returns bigint
language plpgsql as $$
declare
  e reconcile.queue := p_event;
  v_outage_id uuid := reconcile.outage_id_of(p_key, e);
  v_outage_no bigint := nextval(pg_get_serial_sequence('reconcile.outages', 'outage_no'));
begin
  update reconcile.outages set is_superseded = true where key_id = p_key.key_id and outage_id = v_outage_id;
  insert into reconcile.outages (outage_no, key_id, outage_id, opened_source, opened_asset_id, opened_event_id, opened_ms, body_no,
    survivor_no, first_ms, last_bucket)
  overriding system value
  values (v_outage_no, p_key.key_id, v_outage_id, e.source, e.asset_id, e.source_event_id, e.t_ms, v_outage_no, v_outage_no, e.t_ms,
    e.t_ms >> 20);
  return v_outage_no;
end
$$;
comment on function reconcile.open_outage(reconcile.keys, reconcile.queue) is
  'Opens the outage of an event; one of the same id that was settled long ago is superseded.';
