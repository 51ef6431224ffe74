-- Head-ends number alarms per box, and use the numbers again: what tells one event from another is its asset, too, and its time.
alter table oms.members add column asset_id text, add column link_asset_id text;
comment on column oms.members.asset_id is 'Asset of the event; null if it names none, and in rows of before.';
comment on column oms.members.link_asset_id is 'Asset of the member it links to; null likewise.';
comment on column oms.members.link_distance_m is 'Distance to that member, metres; null if linked by reach, or as one that says a state.';

alter table oms.late drop constraint late_reason_known;
alter table oms.late add constraint late_reason_known check (
  reason in ('receivedTooLate', 'behindWatermark', 'oldNews')
) not valid;
alter table oms.late validate constraint late_reason_known;
comment on table oms.late is 'Outage events that came too late, and restorations that are old news.';
comment on column oms.late.reason is 'receivedTooLate, behindWatermark or oldNews.';

-- What a run has made so far it made by other ids and of other copies: runs are made anew, what was found stays.
truncate reconcile.keys, reconcile.members, reconcile.queue, reconcile.unplaced cascade;
delete from reconcile.runs where comparison is null;

alter table reconcile.late drop constraint late_reason_known;
alter table reconcile.late add constraint late_reason_known check (reason in ('receivedTooLate', 'behindWatermark', 'oldNews'));
alter table reconcile.late add column asset_id text;
comment on table reconcile.late is 'Outage events that came too late, and restorations that are old news.';
comment on column reconcile.late.asset_id is 'Asset of the event.';
comment on column reconcile.late.reason is 'receivedTooLate, behindWatermark or oldNews.';

alter table reconcile.unplaced add column kind text not null default '', add column asset_id text not null default '';
alter table reconcile.unplaced drop constraint unplaced_pkey;
alter table reconcile.unplaced add primary key (run_id, source, source_event_id, kind, asset_id);
comment on column reconcile.unplaced.kind is 'outage or restoration.';
comment on column reconcile.unplaced.asset_id is 'Asset of the event; empty if it names none.';

alter table reconcile.queue add column asset_id text, add column occurred_ms bigint, add column says_state boolean;
comment on column reconcile.queue.asset_id is 'Asset of the event; null if it names none.';
comment on column reconcile.queue.occurred_ms is 'What the device says of the time, epoch ms.';
comment on column reconcile.queue.says_state is 'Whether an outage event says that somebody is out, and not that supply went.';

alter table reconcile.members add column asset_id text;
comment on column reconcile.members.asset_id is 'Asset of the event; null if it names none.';

alter table reconcile.outages add column opened_asset_id text, add column opened_ms bigint not null,
  add column incident_asset_id text, add column incident_seq bigint, add column incident_nth integer;
comment on column reconcile.outages.opened_asset_id is 'Asset of the event that opened it.';
comment on column reconcile.outages.opened_ms is 'Time of the event that opened it, epoch ms.';
comment on column reconcile.outages.incident_asset_id is 'Asset of the substation event that names its incident.';
comment on column reconcile.outages.incident_seq is 'Place of that event in the order of the key.';
comment on column reconcile.outages.incident_nth is 'Its place among the members of an amend, from 1; 0: it came as an event.';

drop table reconcile.events;
drop table reconcile.restorations;
create table reconcile.reports (
  key_id integer not null references reconcile.keys on delete cascade,
  seq bigint not null,
  nth integer not null,
  source text collate "C",
  kind text not null,
  asset_id text collate "C",
  source_event_id text collate "C",
  unit text collate "C" not null,
  teller text collate "C",
  is_customer boolean not null,
  is_wide boolean not null,
  t_ms bigint not null,
  occurred_ms bigint not null,
  from_ms bigint,
  outcome text not null,
  outage_no bigint,
  primary key (key_id, seq, nth)
);
create index on reconcile.reports (key_id, source_event_id, source, kind);
create index on reconcile.reports (key_id, unit, t_ms);
create index on reconcile.reports (key_id, t_ms) where is_wide;
create index on reconcile.reports (key_id, teller, t_ms) where is_customer and kind = 'restoration';
comment on table reconcile.reports is 'What was said: events that were neither copies nor late, and restorations that commands decide.';
comment on column reconcile.reports.key_id is 'The key.';
comment on column reconcile.reports.seq is 'Place in the order of the key.';
comment on column reconcile.reports.nth is 'Place among what an amend tells or a command decides, from 1; 0: it came as an event.';
comment on column reconcile.reports.source is 'Source of the event; null: a command.';
comment on column reconcile.reports.kind is 'outage or restoration.';
comment on column reconcile.reports.asset_id is 'Asset of the event; null if it names none.';
comment on column reconcile.reports.source_event_id is 'Id of the event at its source; null: a command.';
comment on column reconcile.reports.unit is 'What is out or back: a customer, or the reporter itself (behind a control character).';
comment on column reconcile.reports.teller is 'The reporter, source/asset; null: a command.';
comment on column reconcile.reports.is_customer is 'Whether the unit is a customer.';
comment on column reconcile.reports.is_wide is 'Whether it has reach feeder or substation: a restoration then speaks of all units.';
comment on column reconcile.reports.t_ms is 'The time that counts, epoch ms.';
comment on column reconcile.reports.occurred_ms is 'What the device says of the time, epoch ms: another one if its clock had lost the date.';
comment on column reconcile.reports.from_ms is 'Of a wide restoration: members before it (epoch ms) are not what it ended; -9e15: it ended nothing, and speaks of all.';
comment on column reconcile.reports.outcome is 'member, restoration (somebody is back), withoutEffect or decision (of a command).';
comment on column reconcile.reports.outage_no is 'The outage that it joined or concerned.';

drop table reconcile.reporters;
create table reconcile.reporters (
  key_id integer not null references reconcile.keys on delete cascade,
  unit text collate "C" not null,
  seq bigint not null,
  nth integer not null,
  source text collate "C" not null,
  asset text collate "C" not null,
  body_no bigint not null,
  is_customer boolean not null,
  is_wide boolean not null,
  says_state boolean not null,
  t_ms bigint not null,
  back_ms bigint,
  weight double precision not null,
  threshold double precision not null,
  feeder_customers integer,
  changed_seq bigint not null,
  primary key (key_id, unit, seq, nth)
);
create index on reconcile.reporters (body_no, back_ms desc nulls first);
create index on reconcile.reporters (key_id, t_ms) where is_wide;
create index on reconcile.reporters (key_id, unit, t_ms) where says_state;
create index on reconcile.reporters (key_id, t_ms) where says_state;
comment on table reconcile.reporters is 'What the reporter of each member adds to its outage.';
comment on column reconcile.reporters.key_id is 'The key.';
comment on column reconcile.reporters.unit is 'What is out or back: a customer, or the reporter itself (behind a control character).';
comment on column reconcile.reporters.seq is 'Place of the member in the order of the key.';
comment on column reconcile.reporters.nth is 'Its place among the members of an amend, from 1; 0: it came as an event.';
comment on column reconcile.reporters.source is 'Source of the reporter.';
comment on column reconcile.reporters.asset is 'Asset of the reporter; behind a control character its event, or that it is the head of the feeder or the substation.';
comment on column reconcile.reporters.body_no is 'The outage''s body.';
comment on column reconcile.reporters.is_customer is 'Whether the unit is a customer.';
comment on column reconcile.reporters.is_wide is 'Whether the member has reach feeder or substation.';
comment on column reconcile.reporters.says_state is 'Whether it says that somebody is out, and not that supply went.';
comment on column reconcile.reporters.t_ms is 'Time of the member, epoch ms.';
comment on column reconcile.reporters.back_ms is 'When its unit was back since, epoch ms; null: it is out.';
comment on column reconcile.reporters.weight is 'What the rule set in force at its time gives its source.';
comment on column reconcile.reporters.threshold is 'The threshold of that rule set.';
comment on column reconcile.reporters.feeder_customers is 'Of a wide member: the feeder''s customers.';
comment on column reconcile.reporters.changed_seq is 'The last restoration that changed it.';

-- They take or return something else now.
drop function if exists public.oms_correlate_events(
  text, text, text, timestamptz, double precision, double precision, double precision, double precision, text, text, text, text,
  timestamptz, text, text, integer, text);
drop function if exists reconcile.prepare(
  bigint, integer, text, text, text, bigint, bigint, text, text, text, double precision, double precision, integer, text[]);
drop function if exists reconcile.back_ms(integer, text, bigint);
drop function if exists reconcile.restore_all(reconcile.keys, bigint, bigint);
drop function if exists reconcile.note_incident(bigint, bigint, text, text);
drop function if exists reconcile.note_joining(reconcile.outages, reconcile.queue, boolean, boolean);
drop function if exists reconcile.admit(
  reconcile.keys, reconcile.outages, reconcile.queue, reconcile.rule_sets, double precision, double precision, double precision, integer);
drop function if exists reconcile.add_reporter(bigint, reconcile.queue, reconcile.rule_sets, bigint);
drop function if exists reconcile.tell_again(bigint, text[], bigint[], bigint);
drop function if exists reconcile.remember(reconcile.keys, reconcile.queue, text, bigint);
drop function if exists reconcile.take_restoration(reconcile.keys, reconcile.queue);
drop function if exists reconcile.outages_of(text);
drop function if exists reconcile.outages_in(integer[]);
drop function if exists reconcile.members_of(text);
drop function if exists reconcile.members_in(integer[]);
