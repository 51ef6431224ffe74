create or replace function reconcile.prepare(
  p_seq bigint, p_key_id integer, p_source text, p_source_event_id text, p_kind text, p_occurred_ms bigint, p_received_ms bigint,
  p_asset_id text, p_customer_id text, p_reach text, p_lat double precision, p_lon double precision, p_feeder_customers integer,
  p_flags text[], p_type text
) returns reconcile.queue
language plpgsql immutable parallel safe as $$
declare
  e reconcile.queue;
begin
  e.seq := p_seq;
  e.key_id := p_key_id;
  e.source := p_source;
  e.source_event_id := p_source_event_id;
  e.kind := p_kind;
  e.received_ms := p_received_ms;
  -- Plausible: no later than 5 min after it was received, no earlier than 400 days before.
  e.clock_suspect := p_occurred_ms > p_received_ms + 300000 or p_occurred_ms < p_received_ms - 34560000000;
  e.occurred_ms := p_occurred_ms;
  e.t_ms := case when e.clock_suspect then p_received_ms else p_occurred_ms end;
  e.asset_id := p_asset_id;
  -- Without an asset it speaks for the head of its feeder, or for its substation, whatever its id; else for itself.
  e.asset := coalesce(p_asset_id, case p_reach when 'feeder' then E'\x02' when 'substation' then E'\x03' else E'\x01' || p_source_event_id end);
  e.unit := coalesce(p_customer_id, E'\x01' || p_source || '/' || e.asset);
  e.is_customer := p_customer_id is not null;
  e.says_state := reconcile.says_state(p_source, p_type);
  e.reach := p_reach;
  e.lat := reconcile.degrees(p_lat);
  e.lon := reconcile.degrees(p_lon);
  e.feeder_customers := p_feeder_customers;
  e.flags := p_flags;
  return e;
end
$$;
comment on function reconcile.prepare(
  bigint, integer, text, text, text, bigint, bigint, text, text, text, double precision, double precision, integer, text[], text
) is 'A placed event as the fold takes it: with the time that counts, its reporter and its unit.';
