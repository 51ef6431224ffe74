-- What one would write first, and many have: every open outage is looked at, for the nearest within radius and window.
create schema plain;

create table plain.outages (
  outage_id uuid primary key default gen_random_uuid(),
  status text not null default 'detected',
  lat double precision not null,
  lon double precision not null,
  first_detected_at timestamptz not null,
  last_event_at timestamptz not null,
  events integer not null default 1
);
create index on plain.outages (status);

create table plain.events (
  source text not null,
  source_event_id text not null,
  outage_id uuid not null references plain.outages,
  event_type text not null,
  occurred_at timestamptz not null,
  lat double precision not null,
  lon double precision not null,
  primary key (source, source_event_id)
);

create function plain.distance_m(lat1 double precision, lon1 double precision, lat2 double precision, lon2 double precision)
returns double precision
language plpgsql immutable as $$
begin
  return 2 * 6371008.771415 * asin(sqrt(
    power(sin(radians(lat2 - lat1) / 2), 2)
      + cos(radians(lat1)) * cos(radians(lat2)) * power(sin(radians(lon2 - lon1) / 2), 2)));
end
$$;

create function plain.correlate_events(
  p_event_type text, p_source_type text, p_source_event_id text, p_timestamp timestamptz, p_latitude double precision,
  p_longitude double precision, p_correlation_window_minutes double precision default 30,
  p_spatial_radius_meters double precision default 1000
) returns uuid
language plpgsql as $$
declare
  v_outage_id uuid;
begin
  select outage_id into v_outage_id
  from plain.events
  where source = p_source_type and source_event_id = p_source_event_id;
  if found then
    return v_outage_id;
  end if;
  select outage_id into v_outage_id
  from (
    select outage_id, plain.distance_m(p_latitude, p_longitude, lat, lon) as distance_m
    from plain.outages
    where status in ('detected', 'confirmed', 'in_progress', 'partially_restored')
      and p_timestamp between first_detected_at - make_interval(mins => p_correlation_window_minutes::integer)
        and last_event_at + make_interval(mins => p_correlation_window_minutes::integer)
  ) near
  where distance_m <= p_spatial_radius_meters
  order by distance_m
  limit 1;
  if v_outage_id is null then
    insert into plain.outages (lat, lon, first_detected_at, last_event_at)
    values (p_latitude, p_longitude, p_timestamp, p_timestamp)
    returning outage_id into v_outage_id;
  else
    update plain.outages
    set events = events + 1, first_detected_at = least(first_detected_at, p_timestamp),
      last_event_at = greatest(last_event_at, p_timestamp)
    where outage_id = v_outage_id;
  end if;
  insert into plain.events (source, source_event_id, outage_id, event_type, occurred_at, lat, lon)
  values (p_source_type, p_source_event_id, v_outage_id, p_event_type, p_timestamp, p_latitude, p_longitude);
  return v_outage_id;
end
$$;
