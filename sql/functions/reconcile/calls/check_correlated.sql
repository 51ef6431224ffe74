create or replace function reconcile.check_correlated(p_from timestamptz, p_to timestamptz) returns void
language plpgsql as $$
declare
  v_behind record;
begin
  with partitions as (
    select distinct log_partition from reconcile.begun_between(p_from, p_to)
  ), marks as (
    select log_partition, greatest(
      (select max(log_offset) from oms.members m where m.log_partition = p.log_partition),
      (select max(log_offset) from oms.late l where l.log_partition = p.log_partition),
      (select max(log_offset) from oms.timeline tl where tl.log_partition = p.log_partition),
      (select max(log_offset) from oms.outages o where o.log_partition = p.log_partition)) as log_offset
    from partitions p
  )
  select e.log_partition, max(e.log_offset) as stored, max(m.log_offset) as correlated into v_behind
  from reconcile.begun_between(p_from, p_to) e
  join marks m using (log_partition)
  where e.log_offset > coalesce(m.log_offset, -1) and not exists (
    select from oms.witnesses w
    where w.source = e.source and w.source_event_id = e.source_event_id and w.log_partition = e.log_partition and w.log_offset = e.log_offset)
  group by e.log_partition
  order by e.log_partition
  limit 1;
  if found then
    raise exception 'The stream has not correlated all of that time yet: partition % is stored up to offset %, and correlated up to %.',
      v_behind.log_partition, v_behind.stored, coalesce(v_behind.correlated::text, 'none')
      using errcode = 'object_not_in_prerequisite_state';
  end if;
end
$$;
comment on function reconcile.check_correlated(timestamptz, timestamptz) is
  'Refuses a stretch of time of which the stream has events before it: stored, and not correlated yet.';
