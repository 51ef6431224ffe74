alter table oms.members add column nth integer not null default 0;
alter table oms.members drop constraint members_pkey;
alter table oms.members add primary key (log_partition, log_offset, log_index, nth);
comment on column oms.members.nth is 'Place among the members of the amend that took it in, from 1; 0: the stream did.';
comment on column oms.members.link_source is 'Source of the member it links to; null for the event that opened the outage, and where an amend took it in.';
comment on column oms.members.log_partition is 'Where the event, or the amend that took it in, stands on the log: partition.';
comment on column oms.members.log_offset is 'Where the event, or the amend that took it in, stands on the log: offset.';
comment on column oms.members.log_index is 'Where the event, or the amend that took it in, stands on the log: entry of the record.';
comment on column oms.commands.command is 'confirm, cancel, acknowledge, crew, etr, note, restore, close, amend or rules.';

alter table reconcile.members add column nth integer not null default 0;
alter table reconcile.members drop constraint members_pkey;
alter table reconcile.members add primary key (cell_id, t_ms, seq, nth);
comment on column reconcile.members.nth is 'Place among the members of the amend that took it in, from 1; 0: it came as an event.';

drop function if exists reconcile.add_member(bigint, bigint, reconcile.queue, double precision, double precision, double precision);
