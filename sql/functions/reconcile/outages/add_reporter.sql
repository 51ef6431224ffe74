create or replace function reconcile.add_reporter(
  p_body_no bigint, p_event reconcile.queue, p_rules reconcile.rule_sets, p_back_ms bigint
) returns void
language plpgsql as $$
declare
  e reconcile.queue := p_event;
  v_wide_ms bigint := case when e.reach <> 'point' then e.t_ms end;
  v_weight double precision := (p_rules.weights ->> e.source)::double precision;
begin
  if v_weight is null then
    -- The rule set stands on the log from before there was the source.
    select weight into v_weight from oms.sources where source = e.source;
  end if;
  insert into reconcile.reporters as mine (key_id, unit, source, asset, body_no, is_customer, last_ms, back_ms, weight, threshold,
    wide_last_ms, wide_back_ms, feeder_customers, changed_seq)
  values (e.key_id, e.unit, e.source, e.asset, p_body_no, e.is_customer, e.t_ms, p_back_ms,
    v_weight, p_rules.confirm_threshold,
    v_wide_ms, case when e.reach <> 'point' then p_back_ms end, case when e.reach <> 'point' then e.feeder_customers end, e.seq)
  on conflict (key_id, unit, source, asset, body_no) do update
  set last_ms = greatest(mine.last_ms, excluded.last_ms),
    back_ms = case when excluded.last_ms > mine.last_ms then excluded.back_ms else mine.back_ms end,
    weight = greatest(mine.weight, excluded.weight),
    threshold = least(mine.threshold, excluded.threshold),
    wide_last_ms = greatest(mine.wide_last_ms, excluded.wide_last_ms),
    wide_back_ms = case
      when mine.wide_last_ms is null or excluded.wide_last_ms > mine.wide_last_ms then excluded.wide_back_ms
      else mine.wide_back_ms
    end,
    feeder_customers = greatest(mine.feeder_customers, excluded.feeder_customers);
end
$$;
comment on function reconcile.add_reporter(bigint, reconcile.queue, reconcile.rule_sets, bigint) is
  'Adds what an event''s reporter says to an outage''s body; its unit was back at the given time (epoch ms), if at all.';
