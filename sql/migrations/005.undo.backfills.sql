drop table oms.backfills;
