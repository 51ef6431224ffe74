create or replace function reconcile.begun_between(p_from timestamptz, p_to timestamptz) returns table (
  substation_id text, feeder_id text, source text, source_event_id text, log_partition integer, log_offset bigint
)
language sql stable parallel safe as $$
  select substation_id, feeder_id, source, source_event_id, log_partition, log_offset
  from oms.events
  where kind = 'outage' and t >= p_from and t < p_to
    -- An event is received no earlier than 5 min before its time, and no later than 400 days after it.
    and received_at >= p_from - interval '5 min' and received_at <= p_to + interval '400 days'
$$;
comment on function reconcile.begun_between(timestamptz, timestamptz) is 'The stored outage events of a stretch of time, by the time that counts.';
