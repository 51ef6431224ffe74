begin;
select plan(22);

-- Meters report once an hour, M1 at 00:01 first; the last one is received late, and so is on the log behind the others.
insert into kaifa.events (source_event_id, kind, type, asset_id, customer_id, substation_id, feeder_id, reach, occurred_at, received_at, t,
  feeder_customers, flags, geom, log_partition, log_offset, log_index)
select 'K' || i, 'outage', '', 'M' || i, 'C' || i, 'SS001', 'F1', 'point', at, received, at, 0, '{}', 'SRID=4326;POINT(35 31)', 2, place, 0
from generate_series(1, 40) i
cross join lateral (select '2026-10-04 00:01Z'::timestamptz + (i - 1) * interval '1 hour' as at) happened
cross join lateral (
  select case when i = 20 then at + interval '30 hours' else at end as received, case when i = 20 then 395 else i * 10 end as place) heard;
insert into oms.outages
select reconcile.uuid_of('SS001/F1/kaifa/K' || i), 'SS001', 'F1', null, 'detected', 0.8, 'low', at, at, null, false, null, 1, 1, 1, 1, 1, 1, 2,
  i * 10, jsonb_build_object('openedBy', jsonb_build_object('source', 'kaifa', 'sourceEventId', 'K' || i)), null, null
from generate_series(1, 39) i
cross join lateral (select '2026-10-04 00:01Z'::timestamptz + (i - 1) * interval '1 hour' as at) happened
where i <> 20;
insert into oms.members (outage_id, source, source_event_id, t, log_partition, log_offset, log_index)
select outage_id, 'kaifa', record -> 'openedBy' ->> 'sourceEventId', last_event_at, log_partition, log_offset, 0 from oms.outages;
insert into oms.late values (2, 395, 0, 'SS001', 'F1', 'kaifa', 'K20', 'receivedTooLate', '2026-10-04 19:01Z', null, '{}');

select is(reconcile.lead_in(), interval '6 hours 45 min', 'before a range the retention and a window are replayed');

-- Of the entries from 12:00 on: those received from 05:15 on, up to the last outage that began in the range.
select is(reconcile.begin_comparison('log', '2026-10-04 12:00Z', '2026-10-04 15:00Z', 'log', 'ann'), 9::bigint,
  'log order takes a part of the log');
select results_eq(
  'select min(log_offset), max(log_offset) from reconcile.queue', 'values (70::bigint, 150::bigint)', 'without a gap');
select is((select author from reconcile.runs where name = 'log'), 'ann', 'for somebody');
select is(reconcile.begin_comparison('log', '2026-10-04 12:00Z', '2026-10-04 15:00Z', 'log', 'bob'), 9::bigint, 'is found again');
select throws_like($$select reconcile.begin_comparison('log', '2026-10-04 12:00Z', '2026-10-04 16:00Z', 'log', 'ann')$$,
  'p_run: ''log'' is there already%', 'but not with another range');
select throws_like($$select reconcile.begin_replay('log', '2026-10-04 12:00Z', '2026-10-04 15:00Z', 'log')$$,
  'p_run: ''log'' is there already%', 'nor as a replay that is not compared');

-- An outage of the range that changed later draws the end of the part along.
update oms.outages set log_offset = 205 where log_offset = 140;
select is(reconcile.begin_comparison('longer', '2026-10-04 12:00Z', '2026-10-04 15:00Z', 'log', 'ann'), 13::bigint,
  'log order goes on as far as the outages of the range do');

select is(reconcile.begin_comparison('time', '2026-10-04 12:00Z', '2026-10-04 20:00Z', 'event-time', 'ann'), 34::bigint,
  'event-time order takes a stretch of time, and a day more');
select ok(exists (select from reconcile.queue join reconcile.runs using (run_id) where name = 'time' and source_event_id = 'K20'),
  'with what came late, however late');
select results_eq($$select min(t_ms), max(t_ms) from reconcile.queue join reconcile.runs using (run_id) where name = 'time'$$,
  $$values (reconcile.ms_of('2026-10-04 06:01Z'), reconcile.ms_of('2026-10-05 15:01Z'))$$, 'from the lead-in on');

-- A restoration that the stream heard of has the outage under another id in the order of events.
insert into oms.commands
select 'crew-1', 'crew', reconcile.uuid_of('SS001/F1/kaifa/K13'), 'SS001', 'F1', '2026-10-04 12:30Z', 'ann', null,
  jsonb_build_object('command', 'crew', 'commandId', 'crew-1', 'author', 'ann', 'at', '2026-10-04T12:30:00.000Z', 'crew', 'K7',
    'outageId', reconcile.uuid_of('SS001/F1/kaifa/K13')), 2, 131, 0;
insert into oms.commands
select 'amend-1', 'amend', reconcile.uuid_of('SS001/F1/kaifa/K13'), 'SS001', 'F1', '2026-10-04 12:40Z', 'ann', null,
  '{"command": "amend"}', 2, 132, 0;
insert into kaifa.events (source_event_id, kind, type, asset_id, customer_id, substation_id, feeder_id, reach, occurred_at, received_at, t,
  feeder_customers, flags, geom, log_partition, log_offset, log_index)
values ('K0', 'outage', '', 'M0', 'C0', 'SS001', 'F1', 'point', '2026-10-04 12:00Z', '2026-10-04 12:02Z', '2026-10-04 12:00Z', 0, '{}',
  'SRID=4326;POINT(35 31)', 2, 130, 1);
select is(reconcile.begin_comparison('decided', '2026-10-04 12:00Z', '2026-10-04 20:00Z', 'event-time', 'ann'), 36::bigint,
  'contract 11.3: an amend is no event');
select is(oms_reconcile_step('decided', 1000), 0::bigint, 'all of it is taken');
select results_eq($$select opened_by, crew from reconcile.outages_of('decided') where crew <> '{}'$$, $$values ('kaifa/K0', array['K7'])$$,
  'contract 13.4: a command goes to the outage that has the event which opened the one it names');
select isnt_empty($$select 1 from reconcile.queue join reconcile.runs using (run_id) where name = 'decided'$$,
  'a replay that is to be compared keeps its queue');
select is((select status from reconcile.runs where name = 'decided'), 'done', 'at its end, too');

insert into reconcile.findings
select run_id, 1, reconcile.uuid_of('1'), 'missing', 'SS001', 'F1', now(), 0, 'Something is missing.', '{}'
from reconcile.runs where name = 'decided';
select lives_ok($$select reconcile.empty_books(run_id) from reconcile.runs where name = 'decided'$$, 'books can be emptied');
select results_eq(
  $$select (select count(*) from reconcile.keys k where k.run_id = r.run_id), (select count(*) from reconcile.queue q where q.run_id = r.run_id),
    (select count(*) from reconcile.findings f where f.run_id = r.run_id) from reconcile.runs r where name = 'decided'$$,
  'values (0::bigint, 0::bigint, 1::bigint)', 'and what was found stays');

select throws_like($$select reconcile.begin_comparison('none', '2025-10-04 12:00Z', '2025-10-04 20:00Z', 'log', 'ann')$$,
  'The stored log holds no outage event from %', 'a time without events is refused');
select throws_like($$select reconcile.begin_comparison('ahead', '2026-10-05 12:00Z', '2026-10-05 20:00Z', 'log', 'ann')$$,
  'The stream has not correlated all of that time yet: partition 2 is stored up to offset 400, and correlated up to 395.',
  'so is one that the stream has not come to');
insert into oms.commands
select 'rules-1', 'rules', null, 'SS001', 'F1', '2026-09-01Z', 'ann', null,
  jsonb_build_object('command', 'rules', 'ruleSet', reconcile.given_rules('storm')), 2, 1, 0;
select is(reconcile.lead_in(), interval '7 hours 15 min', 'longer windows need a longer lead-in');

-- However the planner makes them distinct.
insert into kaifa.events (source_event_id, kind, type, asset_id, customer_id, substation_id, feeder_id, reach, occurred_at, received_at, t,
  feeder_customers, flags, geom, log_partition, log_offset, log_index)
select 'D' || i, 'outage', '', 'D' || i, 'C' || i, 'SS' || i % 7, 'F' || i % 11, 'point', at, at, at, 0, '{}', 'SRID=4326;POINT(35 31)', 2, 300, i
from generate_series(1, 77) i
cross join lateral (select '2026-10-04 16:00Z'::timestamptz as at) happened;
set local enable_sort = off;
select reconcile.begin_comparison('ordered', '2026-10-04 12:00Z', '2026-10-04 20:00Z', 'log', 'ann');
reset enable_sort;
select results_eq(
  $$select substation_id || feeder_id from reconcile.keys k join reconcile.runs using (run_id) where name = 'ordered' order by k.key_id$$,
  $$select substation_id || feeder_id from reconcile.keys k join reconcile.runs using (run_id) where name = 'ordered'
    order by substation_id, feeder_id$$,
  'keys are numbered in their order');

select * from finish();
rollback;
