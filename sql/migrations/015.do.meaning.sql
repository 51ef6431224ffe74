-- By which meaning of the contract a key goes on: what stands on its log, and 1 where nothing does.
alter table reconcile.keys add column meaning integer not null default 1;
comment on column reconcile.keys.meaning is 'By which meaning of the contract its log is taken, see reconcile.meanings.';
