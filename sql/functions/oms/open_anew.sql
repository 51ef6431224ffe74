create or replace function oms.open_anew(p_outage_id uuid, p_log_offset bigint, p_log_index integer) returns void
language plpgsql as $$
declare
  v_survivor_id uuid;
  v_former uuid[];
begin
  select t.to_value::uuid into v_survivor_id
  from oms.timeline t
  where t.outage_id = p_outage_id and t.what in ('opened', 'merged') and (t.log_offset, t.log_index) < (p_log_offset, p_log_index)
  order by t.log_offset desc, t.log_index desc, t.seq desc
  limit 1;
  if not found then
    return;
  end if;
  with recursive line as (
    select p_outage_id as outage_id
    union
    select t.outage_id
    from line
    join oms.timeline t on t.to_value = line.outage_id::text
    where t.what = 'merged' and (t.log_offset, t.log_index) < (p_log_offset, p_log_index) and not exists (
      select from oms.timeline again
      where again.outage_id = t.outage_id and again.what = 'opened' and again.log_offset >= t.log_offset
        and (again.log_offset, again.log_index) between (t.log_offset, t.log_index) and (p_log_offset, p_log_index))
  )
  select array_agg(outage_id) into v_former from line;
  if v_survivor_id is null then
    delete from oms.members
    where outage_id = any (v_former) and (log_offset, log_index) < (p_log_offset, p_log_index);
  else
    update oms.members set outage_id = v_survivor_id
    where outage_id = any (v_former) and (log_offset, log_index) < (p_log_offset, p_log_index);
  end if;
end
$$;
comment on function oms.open_anew(uuid, bigint, integer) is
  'An outage opens, at a place on the log. If one of the same id was settled long ago, what that one had is not the new one''s: the outage that it merged into has it, or none.';
