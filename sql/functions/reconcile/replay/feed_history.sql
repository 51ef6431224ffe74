create or replace function reconcile.feed_history(p_run_id integer) returns bigint
language plpgsql as $$
declare
  v_entries bigint;
begin
  perform reconcile.make_key(p_run_id, substation_id, feeder_id)
  from (select distinct substation_id, feeder_id from staged_history) fed
  where not exists (
    select from reconcile.keys k
    where k.run_id = p_run_id and k.substation_id = fed.substation_id and k.feeder_id = fed.feeder_id);
  -- Key by key, and in each in the order of the history: so they can be lined up as they come.
  insert into reconcile.queue (run_id, seq, key_id, source, source_event_id, kind, t_ms, received_ms, clock_suspect, asset, unit, is_customer,
    reach, lat, lon, feeder_customers, flags, asset_id, occurred_ms, says_state)
  select p_run_id, (k.key_id::bigint << 40) + s.no, k.key_id, p.source, p.source_event_id, p.kind, p.t_ms, p.received_ms, p.clock_suspect,
    p.asset, p.unit, p.is_customer, p.reach, p.lat, p.lon, p.feeder_customers, p.flags, p.asset_id, p.occurred_ms, p.says_state
  from staged_history s
  join reconcile.keys k on k.run_id = p_run_id and k.substation_id = s.substation_id and k.feeder_id = s.feeder_id
  cross join lateral reconcile.prepare(null, null, s.source, s.source_event_id, s.kind, s.occurred_ms, s.received_ms, s.asset_id,
    s.customer_id, s.reach, s.lat, s.lon, s.feeder_customers, s.flags, s.type) p
  on conflict do nothing;
  get diagnostics v_entries = row_count;
  update reconcile.runs set entries_total = entries_total + v_entries where run_id = p_run_id;
  return v_entries;
end
$$;
comment on function reconcile.feed_history(integer) is
  'Lines up the events of the session''s table staged_history for a run; those that are lined up stay as they are. Returns how many were new.';
