-- loses: what reconciliations have found (reconcile.findings, reconcile.runs where comparison is not null)
drop table reconcile.findings;
drop table reconcile.stretches;
alter table reconcile.queue drop column log_partition, drop column log_offset, drop column log_index;
alter table reconcile.runs drop column compared_at, drop column comparison;
