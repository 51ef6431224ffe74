-- loses: members that an amend took in (oms.members where nth > 0, reconcile.members where nth > 0)
delete from reconcile.members where nth > 0;
alter table reconcile.members drop column nth;
alter table reconcile.members add primary key (cell_id, t_ms, seq);

delete from oms.members where nth > 0;
alter table oms.members drop column nth;
alter table oms.members add primary key (log_partition, log_offset, log_index);
