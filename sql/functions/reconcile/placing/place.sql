create or replace function reconcile.place(
  p_source text, p_substation_id text, p_feeder_id text, p_asset_id text, p_dp_id text, p_reach text,
  p_lat double precision, p_lon double precision
) returns table (
  substation_id text, feeder_id text, lat double precision, lon double precision, customer_id text, reach text,
  feeder_customers integer, flags text[]
)
language plpgsql stable parallel safe as $$
declare
  v_spot record;
  v_reach text;
  v_flags text[] := '{}';
  v_own boolean;
begin
  select * into v_spot from reconcile.likely_spot(p_source, p_asset_id);
  if not found then
    select * into v_spot from reconcile.spot_of(p_source, p_substation_id, p_feeder_id, p_asset_id, p_dp_id, p_reach, p_lat, p_lon);
    if not found then
      return;
    end if;
  end if;
  v_reach := case
    when v_spot.reach = 'point' or not oms.speaks_wide(p_source) then 'point'
    when v_spot.found_by = 'substation' then 'substation'
    -- An alarm on a feeder that names no device is that of the feeder breaker.
    else coalesce(p_reach, v_spot.reach, case when p_asset_id is null then 'feeder' else 'point' end)
  end;
  if (p_feeder_id <> v_spot.feeder_id and v_spot.found_by <> 'substation') or p_substation_id <> v_spot.substation_id
    or p_dp_id <> v_spot.dp_id
  then
    v_flags := v_flags || 'contradictsRegistry'::text;
  end if;
  if v_spot.found_by = 'coordinates' then
    v_flags := v_flags || 'placedByCoordinates'::text;
  end if;
  if p_reach <> v_reach then
    v_flags := v_flags || 'reachIgnored'::text;
  end if;
  v_own := coalesce(reconcile.distance_mm(p_lat, p_lon, v_spot.lat, v_spot.lon) <= 5000000, false);
  if p_lat is not null and not v_own then
    v_flags := v_flags || 'coordinatesIgnored'::text;
  end if;
  if v_reach = 'point' then
    return query
      select v_spot.substation_id, v_spot.feeder_id, case when v_own then p_lat else v_spot.lat end,
        case when v_own then p_lon else v_spot.lon end, v_spot.customer_id, v_reach, 0, v_flags;
    return;
  end if;
  return query
    select f.substation_id, f.feeder_id, case when v_own then p_lat else v_spot.lat end, case when v_own then p_lon else v_spot.lon end,
      v_spot.customer_id, v_reach,
      (select count(*)::integer from network.distribution_points p join network.customers c using (dp_id) where p.feeder_id = f.feeder_id),
      v_flags
    from network.feeders f
    where case when v_reach = 'substation' then f.substation_id = v_spot.substation_id else f.feeder_id = v_spot.feeder_id end
    order by f.feeder_id collate "C";
end
$$;
comment on function reconcile.place(text, text, text, text, text, text, double precision, double precision) is
  'Places an event by the network: on its key, for reach substation on every key of the substation; no row if nobody knows it.';
