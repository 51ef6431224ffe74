-- Which outages merged into one: asked when an outage opens anew under the id of one settled long ago.
create index on oms.timeline (to_value) where what = 'merged';
-- It takes the outage itself now.
drop function if exists reconcile.admit(
  reconcile.keys, bigint, reconcile.queue, reconcile.rule_sets, double precision, double precision, double precision, integer);
-- One log record may tell of an outage and, under its id, of another: each counts its changes from 0.
alter table oms.timeline drop constraint timeline_pkey;
alter table oms.timeline add primary key (log_partition, log_offset, outage_id, log_index, seq);
