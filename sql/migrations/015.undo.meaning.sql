-- loses: by which meaning of the contract each key of a run goes on (reconcile.keys where meaning <> 1)
alter table reconcile.keys drop column meaning;
