create or replace function reconcile.check_event(
  p_event_type text, p_source_type text, p_source_event_id text, p_timestamp timestamptz, p_latitude double precision,
  p_longitude double precision, p_correlation_window_minutes double precision, p_spatial_radius_meters double precision,
  p_reach text, p_received_at timestamptz, p_feeder_customers integer, p_run text
) returns void
language plpgsql stable parallel safe as $$
declare
  v_wrong text;
begin
  v_wrong := case
    when p_event_type is null then 'p_event_type: null; expected outage or restoration.'
    when reconcile.kind_of(p_event_type) is null
      then format('p_event_type: %L is neither an outage nor a restoration.', p_event_type)
    when p_source_type is null then format('p_source_type: null; expected %s.', oms.source_names())
    when not oms.is_source(p_source_type)
      then format('p_source_type: %L is unknown; expected %s.', p_source_type, oms.source_names())
    when btrim(p_source_event_id) = '' then 'p_source_event_id: empty; expected an id, or null for one made of the content.'
    when length(p_source_event_id) > 256 then 'p_source_event_id: longer than 256 characters.'
    when p_source_event_id ~ '[\x01-\x1f\x7f]' then 'p_source_event_id: holds a character that cannot be printed.'
    when p_timestamp is null then 'p_timestamp: null; expected a time.'
    when not isfinite(p_timestamp) then 'p_timestamp: infinite; expected a time.'
    when not isfinite(p_received_at) then 'p_received_at: infinite; expected a time or null.'
    when not p_latitude between -90 and 90 then format('p_latitude: %s is out of range; expected -90 to 90.', p_latitude)
    when not p_longitude between -180 and 180 then format('p_longitude: %s is out of range; expected -180 to 180.', p_longitude)
    when (p_latitude is null) <> (p_longitude is null)
      then format('%s: null although the other coordinate is given.', case when p_latitude is null then 'p_latitude' else 'p_longitude' end)
    when p_correlation_window_minutes is null or not p_correlation_window_minutes between 0 and 1440
      then format('p_correlation_window_minutes: %s is out of range; expected 0 to 1440.', coalesce(p_correlation_window_minutes::text, 'null'))
    when p_spatial_radius_meters is null or not p_spatial_radius_meters between 0 and 100000
      then format('p_spatial_radius_meters: %s is out of range; expected 0 to 100000.', coalesce(p_spatial_radius_meters::text, 'null'))
    when p_reach not in ('point', 'feeder', 'substation')
      then format('p_reach: %L is unknown; expected point, feeder, substation or null.', p_reach)
    when p_feeder_customers < 0 then format('p_feeder_customers: %s is negative.', p_feeder_customers)
    when coalesce(btrim(p_run), '') = '' then 'p_run: null or empty; expected the name of a run.'
  end;
  if v_wrong is not null then
    raise exception using message = v_wrong, errcode = 'invalid_parameter_value';
  end if;
end
$$;
comment on function reconcile.check_event(
  text, text, text, timestamptz, double precision, double precision, double precision, double precision, text, timestamptz, integer, text
) is 'Refuses arguments of oms_correlate_events that cannot be, with an error that names the first of them.';
