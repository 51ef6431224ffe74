create or replace function reconcile.members_of(p_run text default 'direct') returns table (
  outage_id uuid, joined_outage_id uuid, source text, source_event_id text, t timestamptz, geom geometry
)
language sql stable parallel safe as $$
  select survivor.outage_id, o.outage_id, m.source, m.source_event_id, reconcile.time_of(m.t_ms),
    st_setsrid(st_makepoint(m.lon, m.lat), 4326)
  from reconcile.runs r
  join reconcile.keys k using (run_id)
  join reconcile.outages o using (key_id)
  join reconcile.outages survivor on survivor.outage_no = o.survivor_no
  join reconcile.members m on m.outage_no = o.outage_no
  where r.name = p_run and not survivor.is_superseded
  order by o.survivor_no, m.seq, m.nth
$$;
comment on function reconcile.members_of(text) is
  'The members of a run''s outages, under the outage that they belong to now and the one that they joined.';
