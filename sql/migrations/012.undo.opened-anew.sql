-- loses: nothing
drop index oms.timeline_to_value_idx;
alter table oms.timeline drop constraint timeline_pkey;
alter table oms.timeline add primary key (log_partition, log_offset, outage_id, seq);
