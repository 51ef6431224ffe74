create or replace function reconcile.likely_spot(p_source text, p_asset_id text) returns table (
  substation_id text, feeder_id text, lat double precision, lon double precision, dp_id text, customer_id text, reach text, found_by text
)
language plpgsql stable parallel safe as $$
begin
  case oms.likely_kind(p_source)
    when 'meter' then
      return query
        select f.substation_id, f.feeder_id, st_y(c.geom), st_x(c.geom), c.dp_id, c.customer_id, 'point', 'asset'
        from network.customers c
        join network.distribution_points p using (dp_id)
        join network.feeders f on f.feeder_id = p.feeder_id
        where c.meter_id = p_asset_id;
    when 'onu' then
      return query
        select f.substation_id, f.feeder_id, st_y(c.geom), st_x(c.geom), c.dp_id, c.customer_id, 'point', 'asset'
        from network.customers c
        join network.distribution_points p using (dp_id)
        join network.feeders f on f.feeder_id = p.feeder_id
        where c.onu_id = p_asset_id;
    when 'customer' then
      return query
        select f.substation_id, f.feeder_id, st_y(c.geom), st_x(c.geom), c.dp_id, c.customer_id, 'point', 'asset'
        from network.customers c
        join network.distribution_points p using (dp_id)
        join network.feeders f on f.feeder_id = p.feeder_id
        where c.customer_id = p_asset_id;
    else
      null;
  end case;
end
$$;
comment on function reconcile.likely_spot(text, text) is
  'Where the asset is that a source means first: the same as spot_of for it, at a tenth of the cost; no row for any other.';
