-- loses: how far backfills have come: begun again, one publishes its events again (oms.backfills)
drop table oms.backfills;
