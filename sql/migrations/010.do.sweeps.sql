alter table reconcile.outages add column look_ms bigint not null default -9000000000000000;
create index on reconcile.outages (key_id, look_ms) where merged_into is null and not is_settled and look_ms < 9000000000000000;
comment on column reconcile.outages.look_ms is 'The watermark (epoch ms) before which no sweep need look whether it has settled; 9e15: not before somebody is back.';
