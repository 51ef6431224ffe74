create or replace function oms.absorbed_by(p_outage_id uuid) returns setof uuid
language sql stable parallel safe as $$
  with recursive line as (
    select p_outage_id as outage_id
    union all
    select o.outage_id from oms.outages o join line on o.merged_into = line.outage_id
  )
  select outage_id from line
$$;
comment on function oms.absorbed_by(uuid) is 'An outage and all that merged into it.';
