create or replace function reconcile.outages_in(p_keys integer[]) returns table (
  id uuid, substation_id text, feeder_id text, incident_id uuid, status text, confidence double precision, severity text,
  first_detected_at timestamptz, last_event_at timestamptz, restored_at timestamptz, momentary boolean, merged_into uuid,
  opened_by text, events bigint, assets_affected bigint, assets_out bigint, customers_affected bigint, customers_out bigint,
  reporters jsonb, center geometry, flags text[], rule_set text, crew text[], acknowledged_by text[], etr timestamptz,
  opened_asset_id text, opened_t timestamptz
)
language sql stable parallel safe as $$
  with mine as (
    select o.outage_no, o.outage_id, k.substation_id, k.feeder_id, o.opened_source, o.opened_asset_id, o.opened_event_id, o.opened_ms, o.merged_into, o.epitaph,
      o.cancelled, o.closed
    from reconcile.keys k
    join reconcile.outages o using (key_id)
    where k.key_id = any (p_keys) and not o.is_superseded
  ), faces as (
    select f.*
    from reconcile.faces(array(select outage_no from mine where merged_into is null)) f
    union all
    select f.*
    from mine
    cross join lateral jsonb_populate_record(null::reconcile.face, mine.epitaph) f
    where mine.merged_into is not null
  )
  select mine.outage_id, mine.substation_id, mine.feeder_id, f.incident_id,
    case
      when mine.merged_into is not null then 'merged'
      when mine.cancelled then 'cancelled'
      when mine.closed then 'closed'
      when f.restored_ms is not null then 'restored'
      when f.is_partly_back then 'partially_restored'
      when f.crew <> '{}' then 'in_progress'
      when f.is_confirmed then 'confirmed'
      else 'detected'
    end,
    f.confidence, f.severity, reconcile.time_of(f.first_ms), reconcile.time_of(f.last_ms), reconcile.time_of(f.restored_ms),
    coalesce(f.restored_ms - f.first_ms <= 300000, false), into_outage.outage_id,
    mine.opened_source || '/' || mine.opened_event_id,
    counts.events, counts.assets_affected, counts.assets_out, counts.customers_affected, counts.customers_out,
    case when mine.merged_into is null then f.reporters else (select oms.no_reporters()) end,
    st_setsrid(st_makepoint(f.center_lon, f.center_lat), 4326),
    f.flags, f.rule_set, f.crew, f.acknowledged_by, reconcile.time_of(f.etr_ms),
    mine.opened_asset_id, reconcile.time_of(mine.opened_ms)
  from mine
  join faces f using (outage_no)
  left join reconcile.outages into_outage on into_outage.outage_no = mine.merged_into
  -- A merged outage counts nothing, so that sums count nothing twice.
  cross join lateral (
    select f.events, f.assets_affected, f.assets_out, f.customers_affected, f.customers_out where mine.merged_into is null
    union all
    select 0, 0, 0, 0, 0 where mine.merged_into is not null) counts
  order by mine.outage_no
$$;
comment on function reconcile.outages_in(integer[]) is
  'The outages of keys, in the order in which they were opened (in a replay: key by key); one that merged says what it was, with all counts 0.';
