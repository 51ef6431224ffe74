create or replace function reconcile.members_of(p_run text default 'direct') returns table (
  outage_id uuid, joined_outage_id uuid, source text, asset_id text, source_event_id text, t timestamptz, geom geometry
)
language sql stable parallel safe as $$
  select m.*
  from reconcile.members_in(array(
    select key_id from reconcile.runs join reconcile.keys using (run_id) where name = p_run)) m
$$;
comment on function reconcile.members_of(text) is
  'The members of a run''s outages, under the outage that they belong to now and the one that they joined.';
