create or replace function public.oms_correlate_events(
  p_event_type text,
  p_source_type text,
  p_source_event_id text,
  p_timestamp timestamptz,
  p_latitude double precision,
  p_longitude double precision,
  p_correlation_window_minutes double precision default 30,
  p_spatial_radius_meters double precision default 1000,
  p_substation_id text default null,
  p_feeder_id text default null,
  p_asset_id text default null,
  p_reach text default null,
  p_received_at timestamptz default null,
  p_customer_id text default null,
  p_dp_id text default null,
  p_feeder_customers integer default null,
  p_run text default 'direct',
  p_type text default null
) returns uuid
language plpgsql
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set jit = off
set plan_cache_mode = force_generic_plan
as $$
declare
  v_kind text := reconcile.kind_of(p_event_type);
  v_run_id integer;
  v_event_id text;
  v_occurred_ms bigint;
  v_received_ms bigint;
  v_spot record;
  v_event reconcile.queue;
  v_taken reconcile.taken;
  v_placed boolean := false;
  v_outage_no bigint;
begin
  perform reconcile.check_event(p_event_type, p_source_type, p_source_event_id, p_timestamp, p_latitude, p_longitude,
    p_correlation_window_minutes, p_spatial_radius_meters, p_reach, p_received_at, p_feeder_customers, p_run);
  v_run_id := reconcile.run_of(p_run);
  v_occurred_ms := reconcile.ms_of(p_timestamp);
  v_received_ms := reconcile.ms_of(coalesce(p_received_at, p_timestamp));
  v_event_id := p_source_event_id;
  if v_event_id is null then
    v_event_id := reconcile.content_id(reconcile.content_of(p_source_type, v_kind, v_occurred_ms, p_received_at, p_latitude, p_longitude, p_substation_id,
      p_feeder_id, p_asset_id, p_dp_id, p_reach));
  end if;
  for v_spot in
    select * from reconcile.place(p_source_type, p_substation_id, p_feeder_id, p_asset_id, p_dp_id, p_reach,
      reconcile.degrees(p_latitude), reconcile.degrees(p_longitude))
  loop
    v_taken.key := reconcile.lock_key(v_run_id, v_spot.substation_id, v_spot.feeder_id);
    v_event := reconcile.prepare(nextval('reconcile.places'), (v_taken.key).key_id, p_source_type, v_event_id, v_kind, v_occurred_ms,
      v_received_ms, p_asset_id, coalesce(v_spot.customer_id, p_customer_id), v_spot.reach, v_spot.lat, v_spot.lon,
      case when v_spot.reach = 'point' then 0 else coalesce(p_feeder_customers, v_spot.feeder_customers) end, v_spot.flags,
      coalesce(p_type, p_event_type));
    -- The defaults leave it to the rule set in force; other values are those of this event.
    v_event.window_ms := case when p_correlation_window_minutes <> 30 then round(p_correlation_window_minutes * 60000) end;
    v_event.radius_m := case when p_spatial_radius_meters <> 1000 then p_spatial_radius_meters end;
    v_taken := reconcile.take_event(v_taken.key, v_event, true);
    perform reconcile.keep_key(v_taken.key);
    v_outage_no := coalesce(v_outage_no, v_taken.outage_no);
    v_placed := true;
  end loop;
  if not v_placed then
    perform reconcile.keep_unplaced(v_run_id, reconcile.content_of(p_source_type, v_kind, v_occurred_ms, p_received_at, p_latitude, p_longitude, p_substation_id,
      p_feeder_id, p_asset_id, p_dp_id, p_reach) || jsonb_build_object('sourceEventId', v_event_id));
  end if;
  return (
    select survivor.outage_id
    from reconcile.outages o
    join reconcile.outages survivor on survivor.outage_no = o.survivor_no
    where o.outage_no = v_outage_no);
end
$$;
comment on function public.oms_correlate_events is
  'Correlates one event by the contract and returns its outage; null for a late event, one that cannot be placed, and a restoration that concerns nobody. See docs/sql.md.';
