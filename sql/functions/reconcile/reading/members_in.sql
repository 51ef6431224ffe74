create or replace function reconcile.members_in(p_keys integer[]) returns table (
  outage_id uuid, joined_outage_id uuid, source text, asset_id text, source_event_id text, t timestamptz, geom geometry
)
language sql stable parallel safe as $$
  select survivor.outage_id, o.outage_id, m.source, m.asset_id, m.source_event_id, reconcile.time_of(m.t_ms),
    st_setsrid(st_makepoint(m.lon, m.lat), 4326)
  from reconcile.outages o
  join reconcile.outages survivor on survivor.outage_no = o.survivor_no
  join reconcile.members m on m.outage_no = o.outage_no
  where o.key_id = any (p_keys) and not survivor.is_superseded
  order by o.survivor_no, m.seq, m.nth
$$;
comment on function reconcile.members_in(integer[]) is
  'The members of the outages of keys, under the outage that they belong to now and the one that they joined.';
