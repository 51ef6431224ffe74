-- loses: nothing
alter table reconcile.outages drop column look_ms;
