begin;
select plan(31);

-- Distances: those of ST_DistanceSphere, to the millimetre.
select is(reconcile.distance_mm(0, 0, 0, 0), 0::double precision, 'a place is no distance from itself');
select is(reconcile.distance_mm(31.95, 35.93, 31.95, 35.93), 0::double precision, 'nor is any other');
select is(reconcile.distance_mm(0, 0, 0, 180), floor(pi() * 6371008771.415 + 0.5), 'half way round the earth');
select is(reconcile.distance_mm(90, 12, 90, -100), 0::double precision, 'a pole has no longitude');
select is(reconcile.distance_mm(0, 180, 0, -180), 0::double precision, 'the date line is one line');
select is(
  (
    select count(*)
    from generate_series(1, 5000) i
    cross join lateral (
      select -90 + 180 * ((i * 7919) % 10007) / 10007.0::double precision as lat,
        -180 + 360 * ((i * 104729) % 10009) / 10009.0::double precision as lon,
        ((i * 31) % 101 - 50) / 3000.0::double precision as north, ((i * 17) % 103 - 51) / 3000.0::double precision as east) a
    where abs(lat + north) <= 90 and abs(lon + east) <= 180
      and abs(reconcile.distance_mm(lat, lon, lat + north, lon + east)
        - st_distancesphere(st_makepoint(lon, lat), st_makepoint(lon + east, lat + north)) * 1000) > 0.500001),
  0::bigint, 'as ST_DistanceSphere says, rounded, on 5000 pairs all over the earth');
select is(reconcile.chord_squared(-1), 0::double precision, 'no chord is shorter than nothing');
select ok(abs(sqrt(reconcile.chord_squared(1000)) - 1000) < 0.00001, 'the chord of a kilometre');
select is(reconcile.gap(100, 0), 0::double precision, 'within a cube there is no gap');
select is(reconcile.gap(-7, 0), 7::double precision, 'below it there is');
select is(reconcile.gap(260, 0), 10::double precision, 'and above it');
select is(reconcile.reach_across(100, 0), 150::double precision, 'the farther end of a cube');
select isnt(reconcile.cell_of(-0.1, 0, 0), reconcile.cell_of(0.1, 0, 0), 'cubes part at 0 too');

-- Confidence.
select is(reconcile.confidence('{}', '{}'), 0::double precision, 'nobody has said anything');
select is(reconcile.confidence('{0.8}', '{1}'), 0.8::double precision, 'one meter');
select is(reconcile.confidence('{0.4, 0.6, 0.8}', '{1, 1, 1}'), 0.952::double precision, 'caller, ONU and meter');
select is(reconcile.confidence('{0.5}', '{5}'), 0.9688::double precision, 'half a ten-thousandth is rounded up');
select is(reconcile.confidence('{0.4, 1}', '{7, 1}'), 1::double precision, 'SCADA is sure');
select is(reconcile.confidence('{0.1, 0.9}', '{100000, 50000}'), 1::double precision, 'a storm is no underflow');
select is(reconcile.confidence('{1e-9}', '{2147483647}'), 0.8832::double precision, 'any number of doubtful voices');

-- Identity.
select is(reconcile.names_id('SS001', 'F1', 'kaifa', 'M0a', '1', '2026-10-04T10:00:00.000Z'), '3048675a-6fd2-5c78-be32-4fa2c7568055'::uuid,
  'the id of an outage');
select is(reconcile.names_id('a"b\c', null), reconcile.uuid_of('["a\"b\\c",""]'), 'names are JSON, none of them is an empty one');
select is(reconcile.content_id('{"b": 1.50, "a": "x"}'), reconcile.content_id('{"a": "x", "b": 1.5}'), 'order and zeros do not matter');
select isnt(reconcile.content_id('{"a": "1"}'), reconcile.content_id('{"a": 1}'), 'a text is no number');

-- Time.
select is(reconcile.ms_of('2026-10-04 10:00:00.123999+00'), 1791108000123, 'microseconds are cut');
select is(reconcile.ms_of('1969-12-31 23:59:59.9999+00'), -1::bigint, 'before 1970 too');
select is(reconcile.time_of(-1), '1969-12-31 23:59:59.999+00'::timestamptz, 'and back');
select is(reconcile.iso_of(1791108000007), '2026-10-04T10:00:00.007Z', 'in ISO 8601');

-- Words.
select is(array(select reconcile.kind_of(word) from unnest(array['last_gasp', 'BreakerClose', '3.26.0.216', 'Power Up', 'tea']) word),
  array['outage', 'restoration', 'restoration', 'restoration', null], 'a source''s own words');
select is(reconcile.united('{a,b}', '{c,b,c,d}'), '{a,b,c,d}'::text[], 'lists grow at their end, and say nothing twice');
select is(reconcile.relative_lon(-179, 179), 2::double precision, 'two degrees across the date line');

select * from finish();
rollback;
