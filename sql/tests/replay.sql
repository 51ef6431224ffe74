begin;
select plan(16);

insert into kaifa.events (source_event_id, kind, type, asset_id, customer_id, substation_id, feeder_id, reach, occurred_at, received_at, t,
  feeder_customers, flags, geom, log_partition, log_offset, log_index)
select 'K' || i, 'outage', '', 'M' || i, 'C' || i, 'SS001', 'F' || (1 + i % 2), 'point', at, at, at, 0, '{}', 'SRID=4326;POINT(35 31)', 0, i, 0
from generate_series(1, 100) i
cross join lateral (select '2026-10-04 10:00Z'::timestamptz + i * interval '1 second' as at) known;

select is(reconcile.begin_replay('r', null, null, 'log'), 100::bigint, 'a replay lines up the log');
select is(oms_reconcile_step('r', 30), 70::bigint, 'takes some of it');
select is((select status || ' ' || entries_done from reconcile.runs where name = 'r'), 'running 30', 'says how far it has got');
select is(reconcile.begin_replay('r', null, null, 'log'), 70::bigint, 'is found again where it was');
select throws_like($$select reconcile.begin_replay('r', null, null, 'event-time')$$, 'p_run: ''r'' is there already%', 'but not with another order');
select throws_like($$select oms_correlate_events('outage', 'kaifa', '1', now(), 1, 1, p_run => 'r')$$, 'p_run: ''r'' is a replay%',
  'takes no events besides');
select is(oms_reconcile_step('r', 1000), 0::bigint, 'comes to its end');
select is(oms_reconcile_step('r', 1000), 0::bigint, 'which is the end');
select is((select status from reconcile.runs where name = 'r'), 'done', 'says so');
select is((select result ->> 'outages' from reconcile.runs where name = 'r'), '2', 'counts what came out');
select results_eq('select events from reconcile.outages_of(''r'')', 'values (50::bigint), (50)', 'has all members');
select is_empty('select 1 from reconcile.queue', 'leaves no queue');
select is(reconcile.begin_replay('some', '2026-10-04 10:00:11Z', '2026-10-04 10:00:21Z', 'event-time'), 10::bigint,
  'a stretch: from the first time, up to the second');

insert into oms.commands
select 'rules-1', 'rules', null, 'SS001', 'F1', '2026-09-01Z', 'ann', null,
  jsonb_build_object('command', 'rules', 'commandId', 'rules-1', 'author', 'ann', 'at', '2026-09-01T00:00:00.000Z',
    'validFrom', '2026-09-01T00:00:00.000Z', 'ruleSet', reconcile.given_rules('storm')), 0, 0, 0;
select is(reconcile.begin_replay('ruled', '2026-10-04 10:00:11Z', null, 'log'), 91::bigint, 'contract 13.2: rule sets of before are lined up too');
select is((select array_agg(oms_reconcile_step('ruled', 1000)) from generate_series(1, 1)), '{0}', 'and taken');
select is((select rule_set from reconcile.outages_of('ruled') where feeder_id = 'F1'), 'storm', 'and in force');

select * from finish();
rollback;
