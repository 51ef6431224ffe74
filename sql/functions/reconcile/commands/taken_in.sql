create or replace function reconcile.taken_in(
  p_key reconcile.keys, p_seq bigint, p_members jsonb, p_whole boolean, p_own bigint[]
) returns table (nth integer, event reconcile.queue)
language sql stable parallel safe
set enable_hashjoin = on
as $$
  with told as materialized (
    select distinct on ((t.event).source, (t.event).asset_id, (t.event).source_event_id, (t.event).t_ms) t.nth, t.event, (t.event).source,
      (t.event).asset_id, (t.event).source_event_id, (t.event).t_ms
    from reconcile.told_in(p_key, p_seq, p_members) t
    where (t.event).kind = 'outage'
    order by (t.event).source, (t.event).asset_id, (t.event).source_event_id, (t.event).t_ms, t.nth
  ), known as (
    select t.nth, bool_or(o.survivor_no <> all (p_own)) as is_elsewhere
    from reconcile.outages o
    join reconcile.members m using (outage_no)
    join told t on t.source = m.source and t.source_event_id = m.source_event_id and t.t_ms = m.t_ms
      and t.asset_id is not distinct from m.asset_id
    -- As the stream's engine knows them: those in reach of linking, and those that amends took in.
    where o.key_id = (p_key).key_id and not o.is_settled and (m.t_ms >= (p_key).index_from_ms or m.nth > 0)
    group by t.nth
  )
  select told.nth, told.event
  from told
  left join known using (nth)
  where known.is_elsewhere is null or p_whole and not known.is_elsewhere
$$;
comment on function reconcile.taken_in(reconcile.keys, bigint, jsonb, boolean, bigint[]) is
  'The outage events of an amend that become members, each once: none that is a member of another outage than its own, nor, unless all are stated anew, of one of these.';
