alter table reconcile.runs add column repair jsonb;
comment on column reconcile.runs.repair is 'What was put on the log to mend what was found: at, author, commands, and findings that nothing mends; null: nothing was.';
