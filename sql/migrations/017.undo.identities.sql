-- loses: of members and of late events what an earlier version does not know (oms.members where asset_id is not null, oms.late where reason = 'oldNews')
drop view if exists oms.outage_members;
alter table oms.members drop column asset_id, drop column link_asset_id;
delete from oms.late where reason = 'oldNews';
alter table oms.late drop constraint late_reason_known;
alter table oms.late add constraint late_reason_known check (reason in ('receivedTooLate', 'behindWatermark'));

truncate reconcile.keys, reconcile.members, reconcile.queue, reconcile.unplaced cascade;
delete from reconcile.runs where comparison is null;
alter table reconcile.late drop constraint late_reason_known, drop column asset_id;
alter table reconcile.late add constraint late_reason_known check (reason in ('receivedTooLate', 'behindWatermark'));
alter table reconcile.unplaced drop column kind, drop column asset_id;
alter table reconcile.unplaced add primary key (run_id, source, source_event_id);
alter table reconcile.queue drop column asset_id, drop column occurred_ms, drop column says_state;
alter table reconcile.members drop column asset_id;
alter table reconcile.outages drop column opened_asset_id, drop column opened_ms, drop column incident_asset_id,
  drop column incident_seq, drop column incident_nth;

drop function if exists reconcile.stands_between(reconcile.keys, reconcile.queue, reconcile.reports);
drop function if exists reconcile.copied(reconcile.keys, reconcile.queue);
drop table reconcile.reports;
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

drop table reconcile.reporters;
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

-- An earlier version makes its own, which return something else.
drop function if exists public.oms_correlate_events(
  text, text, text, timestamptz, double precision, double precision, double precision, double precision, text, text, text, text,
  timestamptz, text, text, integer, text, text);
drop function if exists reconcile.outages_of(text);
drop function if exists reconcile.outages_in(integer[]);
drop function if exists reconcile.members_of(text);
drop function if exists reconcile.members_in(integer[]);
