create or replace function reconcile.begin_comparison(p_run text, p_from timestamptz, p_to timestamptz, p_order text, p_author text)
returns bigint
language plpgsql as $$
declare
  v_run reconcile.runs := reconcile.begin_run(p_run, p_from, p_to, p_order, true);
  v_begin timestamptz := p_from - reconcile.lead_in();
  v_received_from timestamptz;
  v_received_to timestamptz;
begin
  if v_run.entries_total > 0 then
    return v_run.entries_total - v_run.entries_done;
  end if;
  update reconcile.runs set author = p_author where run_id = v_run.run_id;
  perform reconcile.check_correlated(p_from, p_to);
  perform reconcile.make_key(v_run.run_id, substation_id, feeder_id)
  from (
    select substation_id, feeder_id from reconcile.begun_between(p_from, p_to)
    union
    select substation_id, feeder_id from oms.outages where first_detected_at >= p_from and first_detected_at < p_to
    -- Findings are told in the order of the keys' numbers: it is not to hang on how the planner makes them distinct.
    order by substation_id, feeder_id
  ) named;
  insert into reconcile.stretches (key_id, log_partition, first_offset, last_offset, from_at, to_at)
  select k.key_id, coalesce(stored.log_partition, known.log_partition),
    stored.first_offset,
    case p_order when 'log' then greatest(events.last_offset, known.last_offset) else greatest(stored.last_offset, known.any_offset) end,
    case when p_order = 'event-time' then v_begin end,
    -- A day more, and as far as the outages go that began: what a late event adds is to be seen to its end as well.
    case when p_order = 'event-time' then greatest(p_to + interval '1 day', known.last_at + interval '6 hours') end
  from reconcile.keys k
  left join (
    select substation_id, feeder_id, max(log_offset) as last_offset
    from reconcile.begun_between(p_from, p_to)
    group by substation_id, feeder_id
  ) events using (substation_id, feeder_id)
  left join (
    select substation_id, feeder_id, min(log_partition) as log_partition, min(log_offset) as first_offset, max(log_offset) as last_offset
    from oms.events
    where received_at >= v_begin
    group by substation_id, feeder_id
  ) stored using (substation_id, feeder_id)
  left join (
    select o.substation_id, o.feeder_id, min(o.log_partition) as log_partition, max(o.log_offset) as any_offset,
      max(o.log_offset) filter (where began) as last_offset,
      max(greatest(o.last_event_at, o.restored_at,
        (select max(at) from oms.timeline tl where tl.outage_id = o.outage_id))) filter (where began) as last_at
    from oms.outages o
    cross join lateral (select o.first_detected_at >= p_from and o.first_detected_at < p_to as began) b
    where o.last_event_at >= v_begin
    group by o.substation_id, o.feeder_id
  ) known using (substation_id, feeder_id)
  where k.run_id = v_run.run_id;
  select min(from_at) - interval '5 min', max(to_at) + interval '400 days' into v_received_from, v_received_to
  from reconcile.stretches
  join reconcile.keys using (key_id)
  where run_id = v_run.run_id;
  v_run.entries_total := reconcile.line_up(v_run.run_id, p_order, v_received_from, v_received_to);
  if v_run.entries_total = 0 then
    raise exception 'The stored log holds no outage event from % to %.', p_from, p_to using errcode = 'no_data_found';
  end if;
  update reconcile.stretches s
  set first_seq = q.first_seq, last_seq = q.last_seq
  from (select key_id, min(seq) as first_seq, max(seq) as last_seq from reconcile.queue where run_id = v_run.run_id group by key_id) q
  where s.key_id = q.key_id;
  return v_run.entries_total;
end
$$;
comment on function reconcile.begin_comparison(text, timestamptz, timestamptz, text, text) is
  'Begins a replay for the comparison of outages that began from p_from until p_to, or finds the one that was begun. It takes what those outages need: a lead-in, and as far as they go. Returns how many entries are left.';
