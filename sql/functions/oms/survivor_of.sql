create or replace function oms.survivor_of(p_outage_id uuid) returns uuid
language sql stable parallel safe as $$
  with recursive line as (
    select outage_id, merged_into from oms.outages where outage_id = p_outage_id
    union all
    select o.outage_id, o.merged_into from oms.outages o join line on o.outage_id = line.merged_into
  )
  select outage_id from line where merged_into is null
$$;
comment on function oms.survivor_of(uuid) is 'The outage that one became part of, or itself; null if it is unknown.';
