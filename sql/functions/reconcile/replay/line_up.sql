create or replace function reconcile.line_up(p_run_id integer, p_order text, p_from timestamptz, p_to timestamptz) returns bigint
language plpgsql as $$
declare
  -- In log order a comparison takes parts of the log, by their places on it; all else goes by times.
  v_by_place boolean := p_order = 'log' and exists (
    select from reconcile.stretches join reconcile.keys using (key_id) where run_id = p_run_id);
  v_entries bigint;
begin
  -- Key by key: keys know nothing of each other, and what one key needs stays at hand.
  insert into reconcile.queue (run_id, seq, key_id, source, source_event_id, kind, t_ms, received_ms, clock_suspect, asset, unit, is_customer,
    reach, lat, lon, feeder_customers, flags, command, log_partition, log_offset, log_index, asset_id, occurred_ms, says_state)
  select p_run_id,
    row_number() over (order by k.key_id, case when p_order = 'event-time' then e.t_ms end, e.log_partition, e.log_offset, e.log_index),
    k.key_id, e.source, e.source_event_id, e.kind, e.t_ms, e.received_ms, e.clock_suspect, e.asset, e.unit, e.is_customer, e.reach,
    e.lat, e.lon, e.feeder_customers, e.flags, e.command, e.log_partition, e.log_offset, e.log_index, e.asset_id, e.occurred_ms,
    e.says_state
  from (
    select r.substation_id, r.feeder_id, r.log_partition, r.log_offset, r.log_index, p.source, p.source_event_id, p.kind, p.t_ms,
      p.received_ms, p.clock_suspect, p.asset, p.unit, p.is_customer, p.reach, p.lat, p.lon, p.feeder_customers, p.flags, p.command,
      p.asset_id, p.occurred_ms, p.says_state
    from (
      select r.*
      from oms.events r
      where not v_by_place and (r.received_at >= p_from or p_from is null) and (r.received_at < p_to or p_to is null)
      union all
      select r.*
      from (
        select s.log_partition, min(s.first_offset) as first_offset, max(s.last_offset) as last_offset
        from reconcile.stretches s
        join reconcile.keys using (key_id)
        where run_id = p_run_id
        group by s.log_partition) part
      join oms.events r on r.log_partition = part.log_partition and r.log_offset between part.first_offset and part.last_offset
      where v_by_place
    ) r
    cross join lateral reconcile.prepare(null, null, r.source, r.source_event_id, r.kind, reconcile.ms_of(r.occurred_at),
      reconcile.ms_of(r.received_at), r.asset_id, r.customer_id, r.reach, st_y(r.geom), st_x(r.geom), r.feeder_customers, r.flags, r.type) p
    union all
    select c.substation_id, c.feeder_id, c.log_partition, c.log_offset, c.log_index, null, null, null, reconcile.ms_of(c.at),
      null, null, null, null, null, null, null, null, null, null,
      c.body || case when o.record is null or p_order = 'log' then '{}' else jsonb_build_object('openedBy', o.record -> 'openedBy') end,
      null, null, null
    from oms.commands c
    left join oms.outages o on o.outage_id = c.outage_id
    -- What was told to a key before is in force all the same.
    where (v_by_place or (c.at >= p_from or p_from is null or reconcile.is_for_key(c.command)) and (c.at < p_to or p_to is null))
      -- The order of the events' times knows all that an amend tells.
      and (c.command <> 'amend' or p_order = 'log')
  ) e
  join reconcile.keys k on k.run_id = p_run_id and k.substation_id = e.substation_id and k.feeder_id = e.feeder_id
  left join reconcile.stretches s on s.key_id = k.key_id
  where s.key_id is null
    or p_order = 'log' and e.log_offset <= s.last_offset and (e.log_offset >= s.first_offset or reconcile.is_for_key(e.command ->> 'command'))
    or p_order = 'event-time' and e.t_ms < reconcile.ms_of(s.to_at)
      and (e.t_ms >= reconcile.ms_of(s.from_at) or reconcile.is_for_key(e.command ->> 'command'));
  get diagnostics v_entries = row_count;
  update reconcile.runs set entries_total = v_entries, busy = clock_timestamp() - transaction_timestamp() where run_id = p_run_id;
  return v_entries;
end
$$;
comment on function reconcile.line_up(integer, text, timestamptz, timestamptz) is
  'Lines up what a replay takes: of keys with a stretch that stretch, of others what was received from p_from until p_to. Returns how many entries.';
