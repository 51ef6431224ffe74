create or replace view oms.outage_members as
with recursive line as (
  select outage_id, outage_id as survivor_id
  from oms.outages
  where merged_into is null
  union all
  select o.outage_id, line.survivor_id
  from oms.outages o
  join line on o.merged_into = line.outage_id
)
select line.survivor_id as outage_id, m.outage_id as joined_outage_id, m.source, m.source_event_id, m.t,
  m.link_source, m.link_source_event_id, m.link_distance_m, m.link_dt_ms, m.log_partition, m.log_offset, m.log_index,
  m.asset_id, m.link_asset_id
from line
join oms.members m on m.outage_id = line.outage_id;
comment on view oms.outage_members is 'Members of every outage that lives, those of outages that merged into it among them.';
select oms.copy_column_comments('oms.members', 'oms.outage_members');
comment on column oms.outage_members.outage_id is 'The outage that the event belongs to now.';
comment on column oms.outage_members.joined_outage_id is 'The outage that it joined; another one if that has merged.';
