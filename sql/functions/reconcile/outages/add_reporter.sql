create or replace function reconcile.add_reporter(
  p_body_no bigint, p_event reconcile.queue, p_rules reconcile.rule_sets, p_back_ms bigint, p_nth integer
) returns void
language plpgsql as $$
declare
  e reconcile.queue := p_event;
  v_wide boolean := e.reach <> 'point';
  v_weight double precision := (p_rules.weights ->> e.source)::double precision;
begin
  if v_weight is null then
    -- The rule set stands on the log from before there was the source.
    select weight into v_weight from oms.sources where source = e.source;
  end if;
  insert into reconcile.reporters (key_id, unit, seq, nth, source, asset, body_no, is_customer, is_wide, says_state, t_ms, back_ms, weight,
    threshold, feeder_customers, changed_seq)
  values (e.key_id, e.unit, e.seq, p_nth, e.source, e.asset, p_body_no, e.is_customer, v_wide, e.says_state, e.t_ms, p_back_ms, v_weight,
    p_rules.confirm_threshold, case when v_wide then e.feeder_customers end, e.seq);
end
$$;
comment on function reconcile.add_reporter(bigint, reconcile.queue, reconcile.rule_sets, bigint, integer) is
  'Adds what a member''s reporter says to an outage''s body; its unit was back at the given time (epoch ms), if at all.';
