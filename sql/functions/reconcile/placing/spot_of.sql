create or replace function reconcile.spot_of(
  p_source text, p_substation_id text, p_feeder_id text, p_asset_id text, p_dp_id text, p_reach text,
  p_lat double precision, p_lon double precision
) returns table (
  substation_id text, feeder_id text, lat double precision, lon double precision, dp_id text, customer_id text, reach text, found_by text
)
language sql stable parallel safe as $$
  with named as (
    select p_asset_id as asset_id, looked_up as kinds from oms.sources where source = p_source
  ), candidates as (
    select array_position(kinds, 'device') as rank, d.feeder_id, d.geom, null as dp_id, null as customer_id,
      case when d.upstream_device_id is null and d.type in ('breaker', 'recloser') then 'feeder' else 'point' end as reach,
      'asset' as found_by
    from named
    join network.devices d on d.device_id = named.asset_id
    union all
    select array_position(kinds, known.kind), p.feeder_id, c.geom, c.dp_id, c.customer_id, 'point', 'asset'
    from named
    cross join lateral (
      select 'meter' as kind, m.* from network.customers m where m.meter_id = named.asset_id
      union all
      select 'customer', m.* from network.customers m where m.customer_id = named.asset_id
      union all
      select 'onu', m.* from network.customers m where m.onu_id = named.asset_id
      union all
      select 'onu', m.*
      from network.onu_meters o
      join network.customers m on m.meter_id = o.meter_id
      where o.onu_id = named.asset_id and not exists (select from network.customers own where own.onu_id = named.asset_id)
    ) known (kind, customer_id, dp_id, meter_id, onu_id, priority, geom)
    join network.distribution_points p on p.dp_id = known.dp_id
    cross join lateral (select known.geom, known.dp_id, known.customer_id) c
    union all
    select 5, p.feeder_id, p.geom, p.dp_id, null, 'point', 'asset' from network.distribution_points p where p.dp_id = p_asset_id
    union all
    select 6, f.feeder_id, f.geom, null, null, null, 'asset' from network.feeders f where f.feeder_id = p_asset_id
    union all
    select 7, p.feeder_id, p.geom, p.dp_id, null, 'point', 'asset' from network.distribution_points p where p.dp_id = p_dp_id
    union all
    select 8, f.feeder_id, f.geom, null, null, null, 'feeder' from network.feeders f where f.feeder_id = p_feeder_id
    union all
    -- A report on a whole substation needs no feeder: it goes to all of them.
    select case when s.substation_id = p_asset_id then 9 else 10 end, least_feeder.feeder_id, s.geom, null, null, 'substation', 'substation'
    from network.substations s
    cross join lateral (
      select f.feeder_id from network.feeders f where f.substation_id = s.substation_id order by f.feeder_id collate "C" limit 1) least_feeder
    where s.substation_id = p_asset_id or p_reach = 'substation' and s.substation_id = p_substation_id
  ), by_id as (
    select * from candidates order by rank limit 1
  ), nearest as (
    select p.feeder_id, p.geom, p.dp_id, null as customer_id, 'point' as reach, 'coordinates' as found_by
    from network.distribution_points p
    where not exists (select from by_id) and p_lat is not null
      and p.geom && any (reconcile.boxes_around(p_lat, p_lon))
      and reconcile.distance_mm(p_lat, p_lon, st_y(p.geom), st_x(p.geom)) <= 500000
    order by reconcile.distance_mm(p_lat, p_lon, st_y(p.geom), st_x(p.geom)), p.dp_id collate "C"
    limit 1
  ), spot as (
    select feeder_id, geom, dp_id, customer_id, reach, found_by from by_id
    union all
    select * from nearest
  )
  select f.substation_id, f.feeder_id, st_y(spot.geom), st_x(spot.geom), spot.dp_id, spot.customer_id, spot.reach, spot.found_by
  from spot
  join network.feeders f using (feeder_id)
$$;
comment on function reconcile.spot_of(text, text, text, text, text, text, double precision, double precision) is
  'Where the network says that an event is: by its ids, else by the nearest distribution point within 500 m of its coordinates.';
