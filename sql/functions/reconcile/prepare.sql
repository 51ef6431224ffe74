create or replace function reconcile.prepare(
  p_seq bigint, p_key_id integer, p_source text, p_source_event_id text, p_kind text, p_occurred_ms bigint, p_received_ms bigint,
  p_asset_id text, p_customer_id text, p_reach text, p_lat double precision, p_lon double precision, p_feeder_customers integer,
  p_flags text[]
) returns reconcile.queue
language sql immutable parallel safe as $$
  select row(null::integer, p_seq, p_key_id, p_source, p_source_event_id, p_kind,
    case when suspect then p_received_ms else p_occurred_ms end, p_received_ms, suspect,
    asset, coalesce(p_customer_id, E'\x01' || p_source || '/' || asset), p_customer_id is not null, p_reach,
    -- A coordinate smaller than anything is none: PostgreSQL refuses products below 1e-308.
    case when abs(p_lat) < 1e-100 then 0 else p_lat end, case when abs(p_lon) < 1e-100 then 0 else p_lon end,
    p_feeder_customers, p_flags, null::bigint, null::double precision, null::jsonb)::reconcile.queue
  from (
    values (p_occurred_ms > p_received_ms + 300000 or p_occurred_ms < p_received_ms - 604800000, coalesce(p_asset_id, E'\x01' || p_source_event_id))
  ) known (suspect, asset)
$$;
comment on function reconcile.prepare(
  bigint, integer, text, text, text, bigint, bigint, text, text, text, double precision, double precision, integer, text[]
) is 'A placed event as the fold takes it: with the time that counts, its reporter and its unit.';
