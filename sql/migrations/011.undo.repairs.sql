alter table reconcile.runs drop column repair;
