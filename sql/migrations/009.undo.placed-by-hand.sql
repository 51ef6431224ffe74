alter table oms.unplaced drop column placed_at, drop column placed_by, drop column placed_as;
