-- loses: what was put on the log to mend findings (reconcile.runs where repair is not null)
alter table reconcile.runs drop column repair;
