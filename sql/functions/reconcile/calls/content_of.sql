create or replace function reconcile.content_of(
  p_source text, p_kind text, p_occurred_ms bigint, p_received_at timestamptz, p_latitude double precision, p_longitude double precision,
  p_substation_id text, p_feeder_id text, p_asset_id text, p_dp_id text, p_reach text
) returns jsonb
language sql stable parallel safe as $$
  select jsonb_strip_nulls(jsonb_build_object('source', p_source, 'kind', p_kind, 'occurredAt', reconcile.iso_of(p_occurred_ms),
    'receivedAt', case when p_received_at is not null then reconcile.iso_of(reconcile.ms_of(p_received_at)) end,
    'lat', p_latitude, 'lon', p_longitude, 'substationId', p_substation_id, 'feederId', p_feeder_id, 'assetId', p_asset_id,
    'dpId', p_dp_id, 'reach', p_reach))
$$;
comment on function reconcile.content_of(
  text, text, bigint, timestamptz, double precision, double precision, text, text, text, text, text
) is 'An event in canonical form without its id, which the id of one without is made of.';
