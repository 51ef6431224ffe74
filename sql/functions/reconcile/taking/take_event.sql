create or replace function reconcile.take_event(p_key reconcile.keys, p_event reconcile.queue, p_judge_late boolean)
returns reconcile.taken
language plpgsql as $$
declare
  k reconcile.keys := p_key;
  e reconcile.queue := p_event;
  v_seen record;
  v_rules reconcile.rule_sets;
  v_late text;
  v_taken reconcile.taken;
begin
  k.taken := k.taken + 1;
  select t_ms, outage_no into v_seen
  from reconcile.events
  where key_id = k.key_id and source = e.source and source_event_id = e.source_event_id;
  if v_seen.t_ms >= k.memory_from_ms then
    k.duplicates := k.duplicates + 1;
    return row(k, 'duplicate', v_seen.outage_no)::reconcile.taken;
  end if;
  v_rules := reconcile.rules_at(k.key_id, e.t_ms);
  k.max_window_ms := greatest(k.max_window_ms, e.window_ms);
  if e.kind = 'outage' and p_judge_late then
    v_late := case
      when e.t_ms < e.received_ms - coalesce(e.window_ms, v_rules.window_ms) - v_rules.lateness_ms then 'receivedTooLate'
      when e.t_ms < k.watermark_ms - v_rules.retention_ms then 'behindWatermark'
    end;
  end if;
  if v_late is not null then
    insert into reconcile.late (key_id, seq, source, source_event_id, t_ms, received_ms, watermark_ms, reason)
    values (k.key_id, e.seq, e.source, e.source_event_id, e.t_ms, e.received_ms, k.watermark_ms, v_late);
  end if;
  if e.t_ms > k.watermark_ms and not e.clock_suspect then
    k := reconcile.advance(k, e.t_ms);
  end if;
  v_taken := case
    when v_late is not null then row(k, 'late', null)::reconcile.taken
    when e.kind = 'outage' then reconcile.join_outage(k, e, v_rules)
    else reconcile.take_restoration(k, e)
  end;
  if v_seen.t_ms is null then
    insert into reconcile.events (key_id, source, source_event_id, t_ms, outcome, outage_no)
    values (k.key_id, e.source, e.source_event_id, e.t_ms, v_taken.outcome, v_taken.outage_no);
  else
    update reconcile.events set t_ms = e.t_ms, outcome = v_taken.outcome, outage_no = v_taken.outage_no
    where key_id = k.key_id and source = e.source and source_event_id = e.source_event_id;
  end if;
  return v_taken;
end
$$;
comment on function reconcile.take_event(reconcile.keys, reconcile.queue, boolean) is
  'Takes the next event of a key''s log: the contract''s fold. The key is changed in what it returns, not in its table.';
