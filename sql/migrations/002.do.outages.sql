create schema oms;
comment on schema oms is 'What the stream found: outages, their members and history, and what could not be correlated.';

create table oms.sink_offsets (
  topic text not null,
  partition integer not null,
  next_offset bigint not null,
  primary key (topic, partition)
);
comment on table oms.sink_offsets is 'How far the sink has read each topic; written in the transaction that writes the rows.';
comment on column oms.sink_offsets.topic is 'Topic.';
comment on column oms.sink_offsets.partition is 'Partition of the topic.';
comment on column oms.sink_offsets.next_offset is 'Offset of the next record to be read.';

create table oms.outages (
  outage_id uuid primary key,
  substation_id text not null,
  feeder_id text not null,
  incident_id uuid,
  status text not null,
  confidence numeric(5, 4) not null,
  severity text not null,
  first_detected_at timestamptz not null,
  last_event_at timestamptz not null,
  restored_at timestamptz,
  momentary boolean not null,
  merged_into uuid,
  events integer not null,
  assets_affected integer not null,
  assets_out integer not null,
  customers_affected integer not null,
  customers_out integer not null,
  revision integer not null,
  log_partition integer not null,
  log_offset bigint not null,
  record jsonb not null,
  geom geometry(Point, 4326),
  bbox geometry(Polygon, 4326)
);
comment on table oms.outages is 'Every outage in its latest revision. Columns repeat what people filter by; record holds the whole of it.';
comment on column oms.outages.outage_id is 'UUIDv5 of the event that opened it.';
comment on column oms.outages.substation_id is 'Substation.';
comment on column oms.outages.feeder_id is 'Feeder.';
comment on column oms.outages.incident_id is 'Shared by outages with a substation-wide report in common.';
comment on column oms.outages.status is 'merged, cancelled, closed, restored, partially_restored, in_progress, confirmed or detected.';
comment on column oms.outages.confidence is '1 less the product over distinct reporters of (1 - weight of its source).';
comment on column oms.outages.severity is 'low, medium, high or critical.';
comment on column oms.outages.first_detected_at is 'Time of the earliest member.';
comment on column oms.outages.last_event_at is 'Time of the latest member.';
comment on column oms.outages.restored_at is 'When the last member was back; null while one is out.';
comment on column oms.outages.momentary is 'Restored within 5 minutes (IEEE 1366).';
comment on column oms.outages.merged_into is 'The outage that it became part of.';
comment on column oms.outages.events is 'Number of members.';
comment on column oms.outages.assets_affected is 'Distinct reporters.';
comment on column oms.outages.assets_out is 'Distinct reporters that are not back.';
comment on column oms.outages.customers_affected is 'Distinct customers; all of the feeder with a feeder-wide member.';
comment on column oms.outages.customers_out is 'Customers that are not back.';
comment on column oms.outages.revision is 'Grows with every entry of the log that changed the outage.';
comment on column oms.outages.log_partition is 'Partition of the log record that changed it last.';
comment on column oms.outages.log_offset is 'Offset of the log record that changed it last.';
comment on column oms.outages.record is 'The record as published on oms.outages.';
comment on column oms.outages.geom is 'Mean of the members'' coordinates, WGS 84.';
comment on column oms.outages.bbox is 'Box around the members, WGS 84; null across the date line.';
create index on oms.outages using gist (geom);
create index on oms.outages using gist (bbox);
create index on oms.outages (last_event_at desc, outage_id);
create index on oms.outages (status, last_event_at desc);
create index on oms.outages (substation_id, feeder_id);
create index on oms.outages (log_partition, log_offset);
create index on oms.outages (merged_into) where merged_into is not null;

create table oms.members (
  outage_id uuid not null,
  source text not null,
  source_event_id text not null,
  t timestamptz not null,
  link_source text,
  link_source_event_id text,
  link_distance_m double precision,
  link_dt_ms bigint,
  log_partition integer not null,
  log_offset bigint not null,
  log_index integer not null,
  primary key (log_partition, log_offset, log_index)
);
comment on table oms.members is 'Which event joined which outage, and by what link. An outage that merged keeps what it had: see the view oms.outage_members.';
comment on column oms.members.outage_id is 'The outage that it joined.';
comment on column oms.members.source is 'Source of the event.';
comment on column oms.members.source_event_id is 'Id of the event at its source.';
comment on column oms.members.t is 'The time that counts: when it happened, or when it was received if the device''s clock cannot be right.';
comment on column oms.members.link_source is 'Source of the member it links to; null for the event that opened the outage.';
comment on column oms.members.link_source_event_id is 'Id of the member it links to.';
comment on column oms.members.link_distance_m is 'Distance to that member, metres; null if linked by reach.';
comment on column oms.members.link_dt_ms is 'How long after that member it happened, ms.';
comment on column oms.members.log_partition is 'Where the event stands on the log: partition.';
comment on column oms.members.log_offset is 'Where the event stands on the log: offset.';
comment on column oms.members.log_index is 'Where the event stands on the log: entry of the record.';
create index on oms.members (outage_id);
create index on oms.members (source, source_event_id);

create table oms.timeline (
  outage_id uuid not null,
  at timestamptz not null,
  what text not null,
  from_value text,
  to_value text,
  by text not null,
  cause text not null,
  reason text,
  log_partition integer not null,
  log_offset bigint not null,
  log_index integer not null,
  seq integer not null,
  primary key (log_partition, log_offset, outage_id, seq)
);
comment on table oms.timeline is 'Every change of an outage: when, what, by whom, from which event or command.';
comment on column oms.timeline.outage_id is 'The outage.';
comment on column oms.timeline.at is 'When it happened.';
comment on column oms.timeline.what is 'opened, status, merged, absorbed, reopened, or the name of a command.';
comment on column oms.timeline.from_value is 'What was before, such as the status.';
comment on column oms.timeline.to_value is 'What is now: the status, the crew, the other outage.';
comment on column oms.timeline.by is 'stream, or the author of the command.';
comment on column oms.timeline.cause is 'The event (source/id) or command that caused it.';
comment on column oms.timeline.reason is 'What the author said.';
comment on column oms.timeline.log_partition is 'Partition of the log record that caused it.';
comment on column oms.timeline.log_offset is 'Offset of the log record that caused it.';
comment on column oms.timeline.log_index is 'Entry of the log record that caused it.';
comment on column oms.timeline.seq is 'Order of changes of one outage by one log record.';
create index on oms.timeline (outage_id, at);

create table oms.witnesses (
  outage_id uuid,
  what text not null check (what in ('restoration', 'duplicate', 'without_effect')),
  substation_id text not null,
  feeder_id text not null,
  source text not null,
  source_event_id text not null,
  log_partition integer not null,
  log_offset bigint not null,
  log_index integer not null
);
comment on table oms.witnesses is 'Events that joined nothing: restorations, second copies, restorations without effect.';
comment on column oms.witnesses.outage_id is 'The outage that a restoration concerned; null for the others.';
comment on column oms.witnesses.what is 'restoration, duplicate or without_effect.';
comment on column oms.witnesses.substation_id is 'Substation.';
comment on column oms.witnesses.feeder_id is 'Feeder.';
comment on column oms.witnesses.source is 'Source of the event.';
comment on column oms.witnesses.source_event_id is 'Id of the event at its source.';
comment on column oms.witnesses.log_partition is 'Partition on the log.';
comment on column oms.witnesses.log_offset is 'Offset on the log.';
comment on column oms.witnesses.log_index is 'Entry of the log record.';
create index on oms.witnesses (source, source_event_id);
create index on oms.witnesses (outage_id) where outage_id is not null;

create table oms.unplaced (
  topic text not null,
  partition integer not null,
  "offset" bigint not null,
  index integer not null,
  source text not null,
  source_event_id text not null,
  reason text not null,
  detail text not null,
  received_at timestamptz not null,
  event jsonb not null,
  primary key (topic, partition, "offset", index)
);
comment on table oms.unplaced is 'Events that the registry could not place: kept until somebody can.';
comment on column oms.unplaced.topic is 'Source topic.';
comment on column oms.unplaced.partition is 'Partition of the source topic.';
comment on column oms.unplaced."offset" is 'Offset of the source record.';
comment on column oms.unplaced.index is 'Report within the source record.';
comment on column oms.unplaced.source is 'Source of the event.';
comment on column oms.unplaced.source_event_id is 'Id of the event at its source.';
comment on column oms.unplaced.reason is 'unknownIds, outsideNetwork or nothingToGoBy.';
comment on column oms.unplaced.detail is 'The reason in a sentence.';
comment on column oms.unplaced.received_at is 'When it was received.';
comment on column oms.unplaced.event is 'The event in canonical form.';
create index on oms.unplaced (received_at);
create index on oms.unplaced (source, source_event_id);

create table oms.late (
  log_partition integer not null,
  log_offset bigint not null,
  log_index integer not null,
  substation_id text not null,
  feeder_id text not null,
  source text not null,
  source_event_id text not null,
  reason text not null,
  t timestamptz not null,
  watermark timestamptz,
  event jsonb not null,
  primary key (log_partition, log_offset, log_index)
);
comment on table oms.late is 'Outage events that came too late for the stream: left to reconciliation.';
comment on column oms.late.log_partition is 'Partition on the log.';
comment on column oms.late.log_offset is 'Offset on the log.';
comment on column oms.late.log_index is 'Entry of the log record.';
comment on column oms.late.substation_id is 'Substation.';
comment on column oms.late.feeder_id is 'Feeder.';
comment on column oms.late.source is 'Source of the event.';
comment on column oms.late.source_event_id is 'Id of the event at its source.';
comment on column oms.late.reason is 'receivedTooLate or behindWatermark.';
comment on column oms.late.t is 'The time that counts.';
comment on column oms.late.watermark is 'The greatest time of the key when it came.';
comment on column oms.late.event is 'The event as placed.';
create index on oms.late (t);
create index on oms.late (source, source_event_id);

create table oms.rejected (
  topic text not null,
  partition integer not null,
  "offset" bigint not null,
  index integer not null,
  reason text not null,
  detail text not null,
  source text,
  received_at timestamptz not null,
  raw text not null
);
comment on table oms.rejected is 'What could not be understood or carried out, with the reason.';
comment on column oms.rejected.topic is 'Topic of the record.';
comment on column oms.rejected.partition is 'Partition of the record.';
comment on column oms.rejected."offset" is 'Offset of the record.';
comment on column oms.rejected.index is 'Report within the record.';
comment on column oms.rejected.reason is 'A word for counting, such as notJson or badTime.';
comment on column oms.rejected.detail is 'The reason in a sentence.';
comment on column oms.rejected.source is 'Whose topic it stood on; null for commands.';
comment on column oms.rejected.received_at is 'When it was received.';
comment on column oms.rejected.raw is 'What was received, up to 10 000 characters.';
create index on oms.rejected (received_at);
create index on oms.rejected (reason);
