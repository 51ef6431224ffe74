create or replace function reconcile.begin_replay(
  p_run text, p_from timestamptz, p_to timestamptz, p_order text
) returns bigint
language plpgsql as $$
declare
  v_parameters jsonb := jsonb_build_object('from', p_from, 'to', p_to, 'order', p_order);
  v_run reconcile.runs;
begin
  if coalesce(btrim(p_run), '') = '' then
    raise exception 'p_run: null or empty; expected a name.' using errcode = 'invalid_parameter_value';
  elsif p_order is null or p_order not in ('log', 'event-time') then
    raise exception 'p_order: % is unknown; expected log or event-time.', coalesce(quote_literal(p_order), 'null') using errcode = 'invalid_parameter_value';
  elsif p_from >= p_to then
    raise exception 'p_to: % is not after p_from, %.', p_to, p_from using errcode = 'invalid_parameter_value';
  end if;
  insert into reconcile.runs (name, kind, status, parameters) values (p_run, 'replay', 'running', v_parameters)
  on conflict (name) do nothing
  returning * into v_run;
  if v_run.run_id is null then
    select * into v_run from reconcile.runs where name = p_run;
    if v_run.kind <> 'replay' or v_run.parameters <> v_parameters then
      raise exception 'p_run: % is there already, with other parameters: %.', quote_literal(p_run), v_run.parameters
        using errcode = 'invalid_parameter_value';
    end if;
    return v_run.entries_total - v_run.entries_done;
  end if;
  perform reconcile.make_key(v_run.run_id, substation_id, feeder_id)
  from (
    select substation_id, feeder_id from oms.events
    where (received_at >= p_from or p_from is null) and (received_at < p_to or p_to is null)
    union
    select substation_id, feeder_id from oms.commands
    where (at >= p_from or p_from is null or command = 'rules') and (at < p_to or p_to is null)
  ) named;
  -- Key by key: keys know nothing of each other, and what one key needs stays at hand.
  insert into reconcile.queue
  select v_run.run_id,
    row_number() over (order by k.key_id, case when p_order = 'event-time' then e.t_ms end, e.log_partition, e.log_offset, e.log_index),
    k.key_id, e.source, e.source_event_id, e.kind, e.t_ms, e.received_ms, e.clock_suspect, e.asset, e.unit, e.is_customer, e.reach,
    e.lat, e.lon, e.feeder_customers, e.flags, null, null, e.command
  from (
    select r.substation_id, r.feeder_id, r.log_partition, r.log_offset, r.log_index, p.source, p.source_event_id, p.kind, p.t_ms,
      p.received_ms, p.clock_suspect, p.asset, p.unit, p.is_customer, p.reach, p.lat, p.lon, p.feeder_customers, p.flags, p.command
    from oms.events r
    cross join lateral reconcile.prepare(null, null, r.source, r.source_event_id, r.kind, reconcile.ms_of(r.occurred_at),
      reconcile.ms_of(r.received_at), r.asset_id, r.customer_id, r.reach, st_y(r.geom), st_x(r.geom), r.feeder_customers, r.flags) p
    where (r.received_at >= p_from or p_from is null) and (r.received_at < p_to or p_to is null)
    union all
    select c.substation_id, c.feeder_id, c.log_partition, c.log_offset, c.log_index, null, null, null, reconcile.ms_of(c.at),
      null, null, null, null, null, null, null, null, null, null, c.body
    from oms.commands c
    -- Rule sets of before are in force all the same.
    where (c.at >= p_from or p_from is null or c.command = 'rules') and (c.at < p_to or p_to is null)
      -- The order of the events' times knows all that an amend tells.
      and (c.command <> 'amend' or p_order = 'log')
  ) e
  join reconcile.keys k on k.run_id = v_run.run_id and k.substation_id = e.substation_id and k.feeder_id = e.feeder_id;
  get diagnostics v_run.entries_total = row_count;
  if v_run.entries_total = 0 then
    raise exception 'p_from, p_to: the stored log holds nothing from % to %.', coalesce(p_from::text, 'its beginning'), coalesce(p_to::text, 'its end')
      using errcode = 'no_data_found';
  end if;
  update reconcile.runs set entries_total = v_run.entries_total, busy = clock_timestamp() - transaction_timestamp()
  where run_id = v_run.run_id;
  return v_run.entries_total;
end
$$;
comment on function reconcile.begin_replay(text, timestamptz, timestamptz, text) is
  'Begins a replay of the stored log, or finds the one that was begun: lines up its entries and returns how many are left.';
