begin;
select plan(21);

-- The books are the engine's own: nothing of the stream's changes.
select is(
  oms_correlate_events('outage', 'kaifa', '1', '2026-10-04 10:00Z', null, null, p_asset_id => 'M0a'),
  '3048675a-6fd2-5c78-be32-4fa2c7568055'::uuid, 'an outage has the id of the event that opened it');
select is_empty('select 1 from oms.outages union all select 1 from oms.members', 'the stream''s books stay empty');
select is((select kind || ' ' || status from reconcile.runs where name = 'direct'), 'direct open', 'a call without a run belongs to direct');
select is(
  oms_correlate_events('outage', 'kaifa', '1', '2026-10-04 10:00Z', null, null, p_asset_id => 'M0a', p_run => 'other'),
  '3048675a-6fd2-5c78-be32-4fa2c7568055'::uuid, 'another run has books of its own');
select is((select count(*) from reconcile.outages_of('other')), 1::bigint, 'with its own outage');

-- A substation report is delivered to every feeder under one identity.
select isnt(
  oms_correlate_events('outage', 'scada', 'T', '2026-10-04 10:01Z', null, null, p_substation_id => 'SS001', p_reach => 'substation'),
  null, 'a transformer fault');
select is((select count(distinct incident_id) from reconcile.outages_of() where substation_id = 'SS001'), 1::bigint, 'is one incident');
select is((select count(*) from reconcile.outages_of() where substation_id = 'SS001'),
  (select count(*) from network.feeders where substation_id = 'SS001'), 'on every feeder of the substation');

select is(
  oms_correlate_events('outage', 'scada', 'T', '2026-10-04 10:01Z', null, null, p_substation_id => 'SS001', p_reach => 'substation'),
  (select id from reconcile.outages_of() where substation_id = 'SS001' order by feeder_id collate "C" limit 1),
  'contract 15.5: it is the first feeder''s outage that is returned');
select isnt(oms_correlate_events('outage', 'kaifa', 'old', '2025-10-04 10:00Z', null, null, p_asset_id => 'M0a', p_run => 'old'), null,
  'contract 15.3: an event of last year is not late');
select is((select flags from reconcile.outages_of('old')), '{}', 'nor its clock suspect');

-- Commands.
select is(oms_reconcile_command('confirm', '3048675a-6fd2-5c78-be32-4fa2c7568055', p_command_id => 'c1'),
  '3048675a-6fd2-5c78-be32-4fa2c7568055'::uuid, 'a command returns its outage');
select is(oms_reconcile_command('crew', '3048675a-6fd2-5c78-be32-4fa2c7568055', p_crew => 'K7', p_command_id => 'c1'), null,
  'its second copy changes nothing');
select is((select crew from reconcile.outages_of() where id = '3048675a-6fd2-5c78-be32-4fa2c7568055'), '{}', 'nobody came');
select is(oms_reconcile_command('note', '00000000-0000-5000-8000-000000000000'), null, 'an unknown outage is none');
select is((select count(*) from reconcile.commands where rejected = 'unknownOutage'), 1::bigint, 'and is kept as rejected');
select is(oms_reconcile_rules('"storm"', '2026-10-04 11:00Z'), (select count(*)::integer from reconcile.keys join reconcile.runs using (run_id) where name = 'direct'),
  'a rule set for all keys');
select isnt(oms_correlate_events('outage', 'kaifa', '9', '2026-10-04 11:30Z', null, null, p_feeder_id => (
  select feeder_id from network.feeders f
  where not exists (select from reconcile.keys k join reconcile.runs r using (run_id) where r.name = 'direct' and k.feeder_id = f.feeder_id) limit 1)),
  null, 'a key that comes later');
select is((select rule_set from reconcile.outages_of() where opened_by = 'kaifa/9'), 'storm', 'has it too');

select lives_ok($$select reconcile.forget_run('other')$$, 'a run can be forgotten');
select is_empty($$select 1 from reconcile.outages_of('other') union all select 1 from reconcile.members_of('other')$$, 'with all its books');

select * from finish();
rollback;
