create or replace function reconcile.lock_key(p_run_id integer, p_substation_id text, p_feeder_id text) returns reconcile.keys
language plpgsql as $$
declare
  k reconcile.keys;
begin
  -- Whoever comes second waits here, and sees what the first has done.
  perform pg_advisory_xact_lock(hashtextextended(p_run_id || '/' || p_substation_id || '/' || p_feeder_id, 7203002));
  select * into k
  from reconcile.keys
  where run_id = p_run_id and substation_id = p_substation_id and feeder_id = p_feeder_id
  for update;
  if not found then
    perform reconcile.make_key(p_run_id, p_substation_id, p_feeder_id);
    select * into k
    from reconcile.keys
    where run_id = p_run_id and substation_id = p_substation_id and feeder_id = p_feeder_id
    for update;
  end if;
  return k;
end
$$;
comment on function reconcile.lock_key(integer, text, text) is
  'A key of a run, which nobody else changes until the transaction ends; made if it is new. Of several, ask in their order.';
