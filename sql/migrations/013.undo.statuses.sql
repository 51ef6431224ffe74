-- loses: nothing
alter table oms.outages drop constraint outages_status_known;
