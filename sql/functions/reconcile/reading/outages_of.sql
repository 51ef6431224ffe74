create or replace function reconcile.outages_of(p_run text default 'direct') returns table (
  id uuid, substation_id text, feeder_id text, incident_id uuid, status text, confidence double precision, severity text,
  first_detected_at timestamptz, last_event_at timestamptz, restored_at timestamptz, momentary boolean, merged_into uuid,
  opened_by text, events bigint, assets_affected bigint, assets_out bigint, customers_affected bigint, customers_out bigint,
  reporters jsonb, center geometry, flags text[], rule_set text, crew text[], acknowledged_by text[], etr timestamptz,
  opened_asset_id text, opened_t timestamptz
)
language sql stable parallel safe as $$
  select o.*
  from reconcile.outages_in(array(
    select key_id from reconcile.runs join reconcile.keys using (run_id) where name = p_run)) o
$$;
comment on function reconcile.outages_of(text) is
  'The outages of a run, in the order in which they were opened (in a replay: key by key); one that merged says what it was, with all counts 0.';
