create table oms.placed_event (
  source_event_id text not null,
  kind text not null,
  type text not null,
  asset_id text,
  customer_id text,
  dp_id text,
  substation_id text not null,
  feeder_id text not null,
  reach text not null,
  occurred_at timestamptz not null,
  received_at timestamptz not null,
  t timestamptz not null,
  feeder_customers integer not null,
  flags text[] not null,
  geom geometry(Point, 4326) not null,
  log_partition integer not null,
  log_offset bigint not null,
  log_index integer not null
);
comment on table oms.placed_event is 'The form of the raw event tables; holds no rows itself.';
comment on column oms.placed_event.source_event_id is 'Id of the event at its source, or of its content.';
comment on column oms.placed_event.kind is 'outage or restoration.';
comment on column oms.placed_event.type is 'The source''s own word for it.';
comment on column oms.placed_event.asset_id is 'The asset that reports.';
comment on column oms.placed_event.customer_id is 'The customer it serves, if known.';
comment on column oms.placed_event.dp_id is 'The distribution point it was placed at.';
comment on column oms.placed_event.substation_id is 'Substation.';
comment on column oms.placed_event.feeder_id is 'Feeder.';
comment on column oms.placed_event.reach is 'point, feeder or substation.';
comment on column oms.placed_event.occurred_at is 'When it happened, as the device says.';
comment on column oms.placed_event.received_at is 'When it was received.';
comment on column oms.placed_event.t is 'The time that counts.';
comment on column oms.placed_event.feeder_customers is 'Customers of the feeder at placing, for reach feeder and substation.';
comment on column oms.placed_event.flags is 'What placing noticed, such as contradictsRegistry.';
comment on column oms.placed_event.geom is 'Where it was placed, WGS 84.';
comment on column oms.placed_event.log_partition is 'Partition on the log.';
comment on column oms.placed_event.log_offset is 'Offset on the log.';
comment on column oms.placed_event.log_index is 'Entry of the log record.';

create table oms.commands (
  command_id text not null,
  command text not null,
  outage_id uuid,
  substation_id text not null,
  feeder_id text not null,
  at timestamptz not null,
  author text not null,
  reason text,
  body jsonb not null,
  log_partition integer not null,
  log_offset bigint not null,
  log_index integer not null,
  primary key (log_partition, log_offset, log_index)
);
comment on table oms.commands is 'What people and policies decided, as it stands on the log.';
comment on column oms.commands.command_id is 'Id of the command: sent twice, it counts once.';
comment on column oms.commands.command is 'confirm, cancel, acknowledge, crew, etr, note, restore, close or rules.';
comment on column oms.commands.outage_id is 'The outage that it names; null for rules.';
comment on column oms.commands.substation_id is 'Substation.';
comment on column oms.commands.feeder_id is 'Feeder.';
comment on column oms.commands.at is 'When it was decided.';
comment on column oms.commands.author is 'Who decided: a person, or policy/NAME.';
comment on column oms.commands.reason is 'Why.';
comment on column oms.commands.body is 'The whole command.';
comment on column oms.commands.log_partition is 'Partition on the log.';
comment on column oms.commands.log_offset is 'Offset on the log.';
comment on column oms.commands.log_index is 'Entry of the log record.';
create index on oms.commands (outage_id);

create schema scada;
comment on schema scada is 'SCADA alarms, as placed on the log, by day.';
create table scada.events (like oms.placed_event including comments) partition by range (received_at);
create table scada.events_rest partition of scada.events default;
comment on table scada.events is 'SCADA alarms, as placed on the log; a partition a day, dropped when its retention is over.';
comment on table scada.events_rest is 'Events of days without a partition of their own.';
create index on scada.events (source_event_id);
create index on scada.events (log_partition, log_offset, log_index);
create index on scada.events (asset_id, t);
create index on scada.events using gist (geom);

create schema kaifa;
comment on schema kaifa is 'Meter events of the Kaifa head-end system, as placed on the log, by day.';
create table kaifa.events (like oms.placed_event including comments) partition by range (received_at);
create table kaifa.events_rest partition of kaifa.events default;
comment on table kaifa.events is 'Meter events of the Kaifa head-end system, as placed on the log; a partition a day, dropped when its retention is over.';
comment on table kaifa.events_rest is 'Events of days without a partition of their own.';
create index on kaifa.events (source_event_id);
create index on kaifa.events (log_partition, log_offset, log_index);
create index on kaifa.events (asset_id, t);
create index on kaifa.events using gist (geom);

create schema onu;
comment on schema onu is 'Alerts of optical network units, as placed on the log, by day.';
create table onu.events (like oms.placed_event including comments) partition by range (received_at);
create table onu.events_rest partition of onu.events default;
comment on table onu.events is 'Alerts of optical network units, as placed on the log; a partition a day, dropped when its retention is over.';
comment on table onu.events_rest is 'Events of days without a partition of their own.';
create index on onu.events (source_event_id);
create index on onu.events (log_partition, log_offset, log_index);
create index on onu.events (asset_id, t);
create index on onu.events using gist (geom);

create schema call_center;
comment on schema call_center is 'Trouble calls, as placed on the log, by day.';
create table call_center.events (like oms.placed_event including comments) partition by range (received_at);
create table call_center.events_rest partition of call_center.events default;
comment on table call_center.events is 'Trouble calls, as placed on the log; a partition a day, dropped when its retention is over.';
comment on table call_center.events_rest is 'Events of days without a partition of their own.';
create index on call_center.events (source_event_id);
create index on call_center.events (log_partition, log_offset, log_index);
create index on call_center.events (asset_id, t);
create index on call_center.events using gist (geom);

