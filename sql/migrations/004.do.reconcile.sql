create extension if not exists "uuid-ossp" with schema public;

create schema reconcile;
comment on schema reconcile is 'The books of the second engine of the contract: runs of oms_correlate_events and oms_reconcile. Never the stream''s.';

create sequence reconcile.places;
comment on sequence reconcile.places is 'Places of entries taken one by one: they only grow.';

create table reconcile.runs (
  run_id integer generated always as identity primary key,
  name text not null unique,
  kind text not null check (kind in ('direct', 'replay')),
  status text not null check (status in ('open', 'running', 'done')),
  author text not null default current_user,
  started_at timestamptz not null default clock_timestamp(),
  finished_at timestamptz,
  parameters jsonb not null default '{}',
  entries_total bigint not null default 0,
  entries_done bigint not null default 0,
  last_seq bigint not null default 0,
  busy interval not null default '0',
  result jsonb
);
comment on table reconcile.runs is 'Runs of the second engine: each has books of its own.';
comment on column reconcile.runs.run_id is 'Number of the run.';
comment on column reconcile.runs.name is 'Name of the run; calls without one belong to the run named direct.';
comment on column reconcile.runs.kind is 'direct: fed by calls of oms_correlate_events; replay: by oms_reconcile.';
comment on column reconcile.runs.status is 'open: takes calls; running: a replay that has not come to its end; done.';
comment on column reconcile.runs.author is 'Who started it.';
comment on column reconcile.runs.started_at is 'When it was started.';
comment on column reconcile.runs.finished_at is 'When a replay came to its end.';
comment on column reconcile.runs.parameters is 'Of a replay: from, to and order.';
comment on column reconcile.runs.entries_total is 'Of a replay: entries of the log to take.';
comment on column reconcile.runs.entries_done is 'Of a replay: entries taken so far.';
comment on column reconcile.runs.last_seq is 'Of a replay: the last entry taken; the next step goes on behind it.';
comment on column reconcile.runs.busy is 'Of a replay: time spent in it, waiting between steps not counted.';
comment on column reconcile.runs.result is 'Of a replay that is done: its counts.';

create table reconcile.keys (
  key_id integer generated always as identity primary key,
  run_id integer not null references reconcile.runs on delete cascade,
  substation_id text not null,
  feeder_id text not null,
  watermark_ms bigint not null default -9000000000000000,
  memory_from_ms bigint not null default -9000000000000000,
  index_from_ms bigint not null default -9000000000000000,
  sweep_no bigint not null default -9000000000000000,
  max_retention_ms bigint not null,
  max_window_ms bigint not null,
  rule_sets integer not null,
  origin_lon double precision,
  taken bigint not null default 0,
  duplicates bigint not null default 0,
  unique (run_id, substation_id, feeder_id)
);
comment on table reconcile.keys is 'What one key of a run has come to. Times are epoch ms; -9e15 is before all time.';
comment on column reconcile.keys.key_id is 'Number of the key in its run.';
comment on column reconcile.keys.run_id is 'The run.';
comment on column reconcile.keys.substation_id is 'Substation.';
comment on column reconcile.keys.feeder_id is 'Feeder.';
comment on column reconcile.keys.watermark_ms is 'The greatest time of its events but for those with a suspect clock.';
comment on column reconcile.keys.memory_from_ms is 'Identities and restorations before it are forgotten.';
comment on column reconcile.keys.index_from_ms is 'Members before it are linked to no more.';
comment on column reconcile.keys.sweep_no is 'The 45 minutes in which it was last swept.';
comment on column reconcile.keys.max_retention_ms is 'The longest retention of its rule sets so far.';
comment on column reconcile.keys.max_window_ms is 'The longest window of its rule sets so far.';
comment on column reconcile.keys.rule_sets is 'How many rule sets are in force at one time or another.';
comment on column reconcile.keys.origin_lon is 'The longitude from which means are taken: that of its first outage event.';
comment on column reconcile.keys.taken is 'Entries taken.';
comment on column reconcile.keys.duplicates is 'Second copies of events.';

create table reconcile.rule_sets (
  rule_id bigint generated always as identity primary key,
  key_id integer not null references reconcile.keys on delete cascade,
  name text not null,
  valid_from_ms bigint not null,
  from_seq bigint not null,
  until_seq bigint,
  window_ms bigint not null,
  radius_m double precision not null,
  lateness_ms bigint not null,
  retention_ms bigint not null,
  weights jsonb not null,
  confirm_threshold double precision not null,
  severity_medium integer not null,
  severity_high integer not null,
  severity_critical integer not null
);
create unique index on reconcile.rule_sets (key_id, valid_from_ms) where until_seq is null;
create index on reconcile.rule_sets (key_id, from_seq);
comment on table reconcile.rule_sets is 'The rule sets of each key, by the time from which they hold.';
comment on column reconcile.rule_sets.rule_id is 'Number of the rule set.';
comment on column reconcile.rule_sets.key_id is 'The key.';
comment on column reconcile.rule_sets.name is 'Name of the rule set.';
comment on column reconcile.rule_sets.valid_from_ms is 'The time from which it holds, epoch ms.';
comment on column reconcile.rule_sets.from_seq is 'The entry that brought it.';
comment on column reconcile.rule_sets.until_seq is 'The entry that brought another with the same start; null: it holds.';
comment on column reconcile.rule_sets.window_ms is 'How far apart in time two events link, ms.';
comment on column reconcile.rule_sets.radius_m is 'How far apart two events link, metres.';
comment on column reconcile.rule_sets.lateness_ms is 'How much later than the window an event may be received, ms.';
comment on column reconcile.rule_sets.retention_ms is 'How far behind the watermark an event may be, ms.';
comment on column reconcile.rule_sets.weights is 'What one reporter of each source is worth, 0 to 1.';
comment on column reconcile.rule_sets.confirm_threshold is 'Confidence from which an outage is confirmed.';
comment on column reconcile.rule_sets.severity_medium is 'Customers from which an outage is medium.';
comment on column reconcile.rule_sets.severity_high is 'Customers from which an outage is high.';
comment on column reconcile.rule_sets.severity_critical is 'Customers from which an outage is critical.';

create table reconcile.queue (
  run_id integer not null references reconcile.runs on delete cascade,
  seq bigint not null,
  key_id integer not null,
  source text,
  source_event_id text,
  kind text,
  t_ms bigint not null,
  received_ms bigint,
  clock_suspect boolean,
  asset text,
  unit text,
  is_customer boolean,
  reach text,
  lat double precision,
  lon double precision,
  feeder_customers integer,
  flags text[],
  window_ms bigint,
  radius_m double precision,
  command jsonb,
  primary key (run_id, seq)
);
comment on table reconcile.queue is 'The entries that a replay takes, key by key, in its order; empty when it is done.';
comment on column reconcile.queue.run_id is 'The run.';
comment on column reconcile.queue.seq is 'Place in the order of the run.';
comment on column reconcile.queue.key_id is 'The key.';
comment on column reconcile.queue.source is 'Source of the event; null for a command.';
comment on column reconcile.queue.source_event_id is 'Id of the event at its source.';
comment on column reconcile.queue.kind is 'outage or restoration; null for a command.';
comment on column reconcile.queue.t_ms is 'The time that counts, epoch ms; of a command: when it was decided.';
comment on column reconcile.queue.received_ms is 'When it was received, epoch ms.';
comment on column reconcile.queue.clock_suspect is 'Whether what the device says of its time is implausible.';
comment on column reconcile.queue.asset is 'What the event speaks for within its source: the asset, or the event itself.';
comment on column reconcile.queue.unit is 'What is out or back: the customer, or the reporter itself.';
comment on column reconcile.queue.is_customer is 'Whether the unit is a customer.';
comment on column reconcile.queue.reach is 'point, feeder or substation.';
comment on column reconcile.queue.lat is 'Latitude, degrees.';
comment on column reconcile.queue.lon is 'Longitude, degrees.';
comment on column reconcile.queue.feeder_customers is 'Customers of the feeder at placing, for reach feeder and substation.';
comment on column reconcile.queue.flags is 'What placing noticed.';
comment on column reconcile.queue.window_ms is 'Window for this event alone, ms; null: that of the rule set.';
comment on column reconcile.queue.radius_m is 'Radius for this event alone, metres; null: that of the rule set.';
comment on column reconcile.queue.command is 'The command, as it stands on the log; null for an event.';

create type reconcile.taken as (key reconcile.keys, outcome text, outage_no bigint);
comment on type reconcile.taken is 'What an entry led to: the key after it, the outcome, the outage that it joined or concerned.';

create table reconcile.events (
  key_id integer not null references reconcile.keys on delete cascade,
  source text collate "C" not null,
  source_event_id text collate "C" not null,
  t_ms bigint not null,
  outcome text not null,
  outage_no bigint,
  primary key (key_id, source, source_event_id)
);
comment on table reconcile.events is 'The events taken, one row for each identity: its last copy that counted.';
comment on column reconcile.events.key_id is 'The key.';
comment on column reconcile.events.source is 'Source of the event.';
comment on column reconcile.events.source_event_id is 'Id of the event at its source.';
comment on column reconcile.events.t_ms is 'The time that counts, epoch ms.';
comment on column reconcile.events.outcome is 'member, late, restoration (somebody is back), withoutEffect or duplicate (of what had opened an outage).';
comment on column reconcile.events.outage_no is 'The outage that it joined or concerned.';

create table reconcile.outages (
  outage_no bigint generated always as identity primary key,
  key_id integer not null references reconcile.keys on delete cascade,
  outage_id uuid not null,
  opened_source text not null,
  opened_event_id text not null,
  body_no bigint not null,
  survivor_no bigint not null,
  merged_into bigint,
  epitaph jsonb,
  first_ms bigint not null,
  last_bucket bigint not null,
  min_x double precision,
  min_y double precision,
  min_z double precision,
  max_x double precision,
  max_y double precision,
  max_z double precision,
  has_wide boolean not null default false,
  cancelled boolean not null default false,
  closed boolean not null default false,
  confirmed boolean not null default false,
  decided_ms bigint not null default -9000000000000000,
  touched_seq bigint not null default 0,
  flags text[] not null default '{}',
  crew text[] not null default '{}',
  acknowledged_by text[] not null default '{}',
  etr_ms bigint,
  incident_ms bigint,
  incident_source text,
  incident_event_id text,
  is_settled boolean not null default false,
  is_superseded boolean not null default false
);
create index on reconcile.outages (key_id, last_bucket) where merged_into is null and not cancelled and not is_settled;
create index on reconcile.outages (key_id, outage_id);
create index on reconcile.outages (survivor_no);
create index on reconcile.outages (body_no);
comment on table reconcile.outages is 'Outages of a run: what linking and decisions need. What they add up to: reconcile.outages_of.';
comment on column reconcile.outages.outage_no is 'Number of the outage.';
comment on column reconcile.outages.key_id is 'The key.';
comment on column reconcile.outages.outage_id is 'Id by the contract.';
comment on column reconcile.outages.opened_source is 'Source of the event that opened it.';
comment on column reconcile.outages.opened_event_id is 'Id of the event that opened it.';
comment on column reconcile.outages.body_no is 'Under what number its members'' cells and reporters are; of two that merge the larger body stays.';
comment on column reconcile.outages.survivor_no is 'The outage that it is part of now; itself if it has not merged.';
comment on column reconcile.outages.merged_into is 'The outage that it merged into; null if it has not.';
comment on column reconcile.outages.epitaph is 'What it was when it merged.';
comment on column reconcile.outages.first_ms is 'The least time of its members, epoch ms.';
comment on column reconcile.outages.last_bucket is 'The greatest time of its members, in units of 2^20 ms.';
comment on column reconcile.outages.min_x is 'A box around its members, geocentric metres, roughly: least x.';
comment on column reconcile.outages.min_y is 'Least y of the box, metres.';
comment on column reconcile.outages.min_z is 'Least z of the box, metres.';
comment on column reconcile.outages.max_x is 'Greatest x of the box, metres.';
comment on column reconcile.outages.max_y is 'Greatest y of the box, metres.';
comment on column reconcile.outages.max_z is 'Greatest z of the box, metres.';
comment on column reconcile.outages.has_wide is 'Whether a member has reach feeder or substation.';
comment on column reconcile.outages.cancelled is 'Cancelled by command.';
comment on column reconcile.outages.closed is 'Closed by command, and not reopened.';
comment on column reconcile.outages.confirmed is 'Confirmed by command.';
comment on column reconcile.outages.decided_ms is 'When it was last decided on, epoch ms.';
comment on column reconcile.outages.touched_seq is 'The last command or merge that changed it.';
comment on column reconcile.outages.flags is 'Flags such as reopened or clockSuspect.';
comment on column reconcile.outages.crew is 'Crews on it.';
comment on column reconcile.outages.acknowledged_by is 'Who acknowledged it.';
comment on column reconcile.outages.etr_ms is 'Estimated time of restoration, epoch ms.';
comment on column reconcile.outages.incident_ms is 'Time of the substation event that names its incident, epoch ms.';
comment on column reconcile.outages.incident_source is 'Source of that event.';
comment on column reconcile.outages.incident_event_id is 'Id of that event.';
comment on column reconcile.outages.is_settled is 'Left the state long ago: nothing changes it any more.';
comment on column reconcile.outages.is_superseded is 'Settled, and opened anew by a later copy of its event.';

create table reconcile.cells (
  cell_id bigint generated always as identity primary key,
  key_id integer not null references reconcile.keys on delete cascade,
  body_no bigint not null,
  cell bigint not null,
  last_bucket bigint not null,
  min_x double precision,
  min_y double precision,
  min_z double precision,
  box geometry(LineStringZM, 0)
) with (fillfactor = 70);
create index on reconcile.cells (key_id, cell, body_no);
create index on reconcile.cells (body_no);
create index on reconcile.cells using gist (box gist_geometry_ops_nd);
comment on table reconcile.cells is 'Cubes of 250 m in which an outage has members: linking finds them, so that its cost does not grow with the members.';
comment on column reconcile.cells.cell_id is 'Number of the cell.';
comment on column reconcile.cells.key_id is 'The key.';
comment on column reconcile.cells.body_no is 'The outage''s body.';
comment on column reconcile.cells.cell is 'Which cube; -1 for members of reach feeder and substation, which have no place.';
comment on column reconcile.cells.last_bucket is 'The greatest time of its members, in units of 2^20 ms.';
comment on column reconcile.cells.min_x is 'Least x of the cube, geocentric metres.';
comment on column reconcile.cells.min_y is 'Least y of the cube, metres.';
comment on column reconcile.cells.min_z is 'Least z of the cube, metres.';
comment on column reconcile.cells.box is 'The cube as x, y, z in geocentric metres, with the number of the key as fourth coordinate.';

create table reconcile.members (
  cell_id bigint not null,
  t_ms bigint not null,
  seq bigint not null,
  outage_no bigint not null,
  source text not null,
  source_event_id text not null,
  lat double precision not null,
  lon double precision not null,
  primary key (cell_id, t_ms, seq)
);
create index on reconcile.members (outage_no);
comment on table reconcile.members is 'Outage events that are members of outages.';
comment on column reconcile.members.cell_id is 'The cell that it lies in; a cell may be gone when nothing links to it any more.';
comment on column reconcile.members.t_ms is 'The time that counts, epoch ms.';
comment on column reconcile.members.seq is 'Its place in the order of the key.';
comment on column reconcile.members.outage_no is 'The outage that it joined; it may have merged since.';
comment on column reconcile.members.source is 'Source of the event.';
comment on column reconcile.members.source_event_id is 'Id of the event at its source.';
comment on column reconcile.members.lat is 'Latitude, degrees.';
comment on column reconcile.members.lon is 'Longitude, degrees.';

create table reconcile.reporters (
  key_id integer not null references reconcile.keys on delete cascade,
  unit text collate "C" not null,
  source text collate "C" not null,
  asset text collate "C" not null,
  body_no bigint not null,
  is_customer boolean not null,
  last_ms bigint not null,
  back_ms bigint,
  weight double precision not null,
  threshold double precision not null,
  wide_last_ms bigint,
  wide_back_ms bigint,
  feeder_customers integer,
  changed_seq bigint not null,
  primary key (key_id, unit, source, asset, body_no)
);
create index on reconcile.reporters (body_no, back_ms desc nulls first);
comment on table reconcile.reporters is 'What one reporter adds to one outage, for one unit.';
comment on column reconcile.reporters.key_id is 'The key.';
comment on column reconcile.reporters.unit is 'What is out or back: a customer, or the reporter itself (behind a control character).';
comment on column reconcile.reporters.source is 'Source of the reporter.';
comment on column reconcile.reporters.asset is 'Asset of the reporter, or its event (behind a control character).';
comment on column reconcile.reporters.body_no is 'The outage''s body.';
comment on column reconcile.reporters.is_customer is 'Whether the unit is a customer.';
comment on column reconcile.reporters.last_ms is 'Time of its latest member, epoch ms: when that one is back, so are all before it.';
comment on column reconcile.reporters.back_ms is 'When its latest member was back, epoch ms; null: it is out.';
comment on column reconcile.reporters.weight is 'The greatest weight that a rule set gave its members.';
comment on column reconcile.reporters.threshold is 'The lowest threshold of the rule sets of its members.';
comment on column reconcile.reporters.wide_last_ms is 'Time of its latest member of reach feeder or substation, epoch ms.';
comment on column reconcile.reporters.wide_back_ms is 'When that one was back, epoch ms.';
comment on column reconcile.reporters.feeder_customers is 'The greatest count of the feeder''s customers in such members.';
comment on column reconcile.reporters.changed_seq is 'The last restoration that changed it.';

create table reconcile.restorations (
  key_id integer not null references reconcile.keys on delete cascade,
  unit text collate "C" not null,
  t_ms bigint not null,
  primary key (key_id, unit, t_ms)
);
comment on table reconcile.restorations is 'When each unit was back.';
comment on column reconcile.restorations.key_id is 'The key.';
comment on column reconcile.restorations.unit is 'The unit; a control character alone: every unit of the key.';
comment on column reconcile.restorations.t_ms is 'When it was back, epoch ms.';

create table reconcile.late (
  key_id integer not null references reconcile.keys on delete cascade,
  seq bigint not null,
  source text not null,
  source_event_id text not null,
  t_ms bigint not null,
  received_ms bigint not null,
  watermark_ms bigint not null,
  reason text not null,
  primary key (key_id, seq)
);
comment on table reconcile.late is 'Outage events that came too late.';
comment on column reconcile.late.key_id is 'The key.';
comment on column reconcile.late.seq is 'Place in the order of the key.';
comment on column reconcile.late.source is 'Source of the event.';
comment on column reconcile.late.source_event_id is 'Id of the event at its source.';
comment on column reconcile.late.t_ms is 'The time that counts, epoch ms.';
comment on column reconcile.late.received_ms is 'When it was received, epoch ms.';
comment on column reconcile.late.watermark_ms is 'The watermark of the key when it came, epoch ms; -9e15: there was none.';
comment on column reconcile.late.reason is 'receivedTooLate or behindWatermark.';

create table reconcile.unplaced (
  run_id integer not null references reconcile.runs on delete cascade,
  source text not null,
  source_event_id text not null,
  reason text not null,
  detail text not null,
  event jsonb not null,
  primary key (run_id, source, source_event_id)
);
comment on table reconcile.unplaced is 'Events that nobody knows where to put.';
comment on column reconcile.unplaced.run_id is 'The run.';
comment on column reconcile.unplaced.source is 'Source of the event.';
comment on column reconcile.unplaced.source_event_id is 'Id of the event at its source.';
comment on column reconcile.unplaced.reason is 'unknownIds, outsideNetwork or nothingToGoBy.';
comment on column reconcile.unplaced.detail is 'The reason in a sentence.';
comment on column reconcile.unplaced.event is 'The event in canonical form.';

create table reconcile.commands (
  run_id integer not null references reconcile.runs on delete cascade,
  key_id integer references reconcile.keys on delete cascade,
  seq bigint not null,
  command_id text not null,
  seen_ms bigint not null,
  command jsonb not null,
  outage_no bigint,
  rejected text,
  primary key (run_id, seq)
);
create index on reconcile.commands (key_id, command_id);
comment on table reconcile.commands is 'Commands taken.';
comment on column reconcile.commands.run_id is 'The run.';
comment on column reconcile.commands.key_id is 'The key; null: a rule set for every key, those that come later among them.';
comment on column reconcile.commands.seq is 'Place in the order of the key.';
comment on column reconcile.commands.command_id is 'Id of the command: sent twice, it counts once.';
comment on column reconcile.commands.seen_ms is 'The later of its own time and the watermark when it came, epoch ms.';
comment on column reconcile.commands.command is 'The command.';
comment on column reconcile.commands.outage_no is 'The outage that it changed.';
comment on column reconcile.commands.rejected is 'Why it was not carried out; null: it was.';

create type reconcile.face as (
  outage_no bigint,
  confidence double precision,
  is_confirmed boolean,
  severity text,
  rule_set text,
  first_ms bigint,
  last_ms bigint,
  restored_ms bigint,
  is_partly_back boolean,
  events bigint,
  assets_affected bigint,
  assets_out bigint,
  customers_affected bigint,
  customers_out bigint,
  reporters jsonb,
  incident_id uuid,
  center_lat double precision,
  center_lon double precision,
  min_lat double precision,
  min_lon double precision,
  max_lat double precision,
  max_lon double precision,
  flags text[],
  crew text[],
  acknowledged_by text[],
  etr_ms bigint
);
comment on type reconcile.face is 'What an outage adds up to.';
