alter table reconcile.runs add column compared_at timestamptz;
alter table reconcile.runs add column comparison jsonb;
comment on column reconcile.runs.compared_at is 'When what came out was compared with what the stream stored; null: it was not.';
comment on column reconcile.runs.comparison is 'What was compared, what was left out and why, and the figures of the report.';

alter table reconcile.queue add column log_partition integer;
alter table reconcile.queue add column log_offset bigint;
alter table reconcile.queue add column log_index integer;
comment on table reconcile.queue is 'The entries that a replay takes, key by key, in its order; empty when it is done, or compared if it is to be.';
comment on column reconcile.queue.log_partition is 'Partition on the log.';
comment on column reconcile.queue.log_offset is 'Offset on the log.';
comment on column reconcile.queue.log_index is 'Entry of the log record.';

create table reconcile.stretches (
  key_id integer primary key references reconcile.keys on delete cascade,
  log_partition integer not null,
  first_offset bigint,
  last_offset bigint not null,
  from_at timestamptz,
  to_at timestamptz,
  first_seq bigint,
  last_seq bigint
);
comment on table reconcile.stretches is 'Which part of a key''s log a replay takes that is to be compared with the stream.';
comment on column reconcile.stretches.key_id is 'The key.';
comment on column reconcile.stretches.log_partition is 'Partition on the log.';
comment on column reconcile.stretches.first_offset is 'In log order: offset of the first record taken.';
comment on column reconcile.stretches.last_offset is 'Offset of the last record that the stream''s outages may come from: an outage that changed later is not compared.';
comment on column reconcile.stretches.from_at is 'In event-time order: the first time taken.';
comment on column reconcile.stretches.to_at is 'In event-time order: the first time that is not taken any more.';
comment on column reconcile.stretches.first_seq is 'The key''s first entry in the queue; null: it has none.';
comment on column reconcile.stretches.last_seq is 'The key''s last entry in the queue.';

create table reconcile.findings (
  run_id integer not null references reconcile.runs on delete cascade,
  finding_no integer not null,
  finding_id uuid not null,
  kind text not null check (kind in (
    'missing', 'extra', 'merged', 'split', 'regrouped', 'members', 'status', 'times', 'confidence', 'counts', 'record')),
  substation_id text not null,
  feeder_id text not null,
  began_at timestamptz not null,
  customer_minutes_change double precision not null,
  sentence text not null,
  finding jsonb not null,
  primary key (run_id, finding_no)
);
create index on reconcile.findings (finding_id);
comment on table reconcile.findings is 'Differences between what the stream stored and what a replay gives, compared by members.';
comment on column reconcile.findings.run_id is 'The run.';
comment on column reconcile.findings.finding_no is 'Place in the report: by key, then by when it began.';
comment on column reconcile.findings.finding_id is 'Made of what the finding says: the same difference in another run has the same id.';
comment on column reconcile.findings.kind is 'missing, extra, merged, split, regrouped, members, status, times, confidence, counts or record.';
comment on column reconcile.findings.substation_id is 'Substation.';
comment on column reconcile.findings.feeder_id is 'Feeder.';
comment on column reconcile.findings.began_at is 'When the first outage of it began.';
comment on column reconcile.findings.customer_minutes_change is 'Customer-minutes by the replay less those by the stream.';
comment on column reconcile.findings.sentence is 'What happened and what it changes, for a person.';
comment on column reconcile.findings.finding is 'The whole of it: outages of both, members that differ, causes, changes.';
