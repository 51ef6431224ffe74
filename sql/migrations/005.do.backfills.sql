create table oms.backfills (
  backfill_id uuid primary key,
  inputs text not null,
  published bigint not null default 0,
  started_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  finished_at timestamptz,
  summary jsonb
);
comment on table oms.backfills is 'Histories that were put on the log, and how far those have come that were not finished.';
comment on column oms.backfills.backfill_id is 'UUIDv5 of what was read: content, mapping, range and topics; the same again is the same backfill.';
comment on column oms.backfills.inputs is 'Files and tables, for people.';
comment on column oms.backfills.published is 'Events that are on the source topic, counted in event-time order without copies.';
comment on column oms.backfills.started_at is 'When it was begun.';
comment on column oms.backfills.updated_at is 'When events were last published.';
comment on column oms.backfills.finished_at is 'When all of it was published; null until then.';
comment on column oms.backfills.summary is 'What was read, taken, doubled, unplaced and rejected; null until it is finished.';
