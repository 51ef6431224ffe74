create or replace function reconcile.begin_replay(
  p_run text, p_from timestamptz, p_to timestamptz, p_order text
) returns bigint
language plpgsql as $$
declare
  v_run reconcile.runs := reconcile.begin_run(p_run, p_from, p_to, p_order, false);
begin
  if v_run.entries_total > 0 then
    return v_run.entries_total - v_run.entries_done;
  end if;
  perform reconcile.make_key(v_run.run_id, substation_id, feeder_id)
  from (
    select substation_id, feeder_id from oms.events
    where (received_at >= p_from or p_from is null) and (received_at < p_to or p_to is null)
    union
    select substation_id, feeder_id from oms.commands
    where (at >= p_from or p_from is null or reconcile.is_for_key(command)) and (at < p_to or p_to is null)
  ) named;
  v_run.entries_total := reconcile.line_up(v_run.run_id, p_order, p_from, p_to);
  if v_run.entries_total = 0 then
    raise exception 'p_from, p_to: the stored log holds nothing from % to %.', coalesce(p_from::text, 'its beginning'), coalesce(p_to::text, 'its end')
      using errcode = 'no_data_found';
  end if;
  return v_run.entries_total;
end
$$;
comment on function reconcile.begin_replay(text, timestamptz, timestamptz, text) is
  'Begins a replay of the stored log, or finds the one that was begun: lines up its entries and returns how many are left.';
