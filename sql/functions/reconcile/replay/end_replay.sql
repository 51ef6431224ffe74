create or replace function reconcile.end_replay(p_run_id integer) returns void
language plpgsql as $$
begin
  -- A comparison asks the queue for what the books do not keep, and empties it then.
  delete from reconcile.queue where run_id = p_run_id and not exists (
    select from reconcile.stretches join reconcile.keys using (key_id) where keys.run_id = p_run_id);
  update reconcile.runs
  set status = 'done', finished_at = clock_timestamp(), result = (
    select jsonb_build_object('entries', sum(k.taken), 'duplicates', sum(k.duplicates),
      'outages', sum(c.outages), 'merged', sum(c.merged), 'late', sum(c.late))
    from reconcile.keys k
    cross join lateral (
      select
        (select count(*) from reconcile.outages o where o.key_id = k.key_id and o.merged_into is null) as outages,
        (select count(*) from reconcile.outages o where o.key_id = k.key_id and o.merged_into is not null) as merged,
        (select count(*) from reconcile.late l where l.key_id = k.key_id) as late) c
    where k.run_id = p_run_id)
  where run_id = p_run_id;
end
$$;
comment on function reconcile.end_replay(integer) is 'Ends a replay: its queue is emptied, unless it is to be compared, and its counts are kept.';
