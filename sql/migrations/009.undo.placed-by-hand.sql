-- loses: who placed an event by hand, and where (oms.unplaced where placed_at is not null)
alter table oms.unplaced drop column placed_at, drop column placed_by, drop column placed_as;
