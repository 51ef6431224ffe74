create or replace function reconcile.take_event(p_key reconcile.keys, p_event reconcile.queue, p_judge_late boolean)
returns reconcile.taken
language plpgsql as $$
declare
  k reconcile.keys := p_key;
  e reconcile.queue := p_event;
  v_first reconcile.reports;
  v_rules reconcile.rule_sets;
  v_late text;
begin
  k.taken := k.taken + 1;
  v_first := reconcile.copied(k, e);
  if v_first.key_id is not null then
    k.duplicates := k.duplicates + 1;
    return row(k, 'duplicate', v_first.outage_no)::reconcile.taken;
  end if;
  v_rules := reconcile.rules_at(k.key_id, e.t_ms);
  k.max_window_ms := greatest(k.max_window_ms, e.window_ms);
  if p_judge_late then
    v_late := case
      when e.kind = 'restoration' then case when e.t_ms < e.received_ms - 604800000 then 'oldNews' end
      when e.t_ms < e.received_ms - coalesce(e.window_ms, v_rules.window_ms) - v_rules.lateness_ms then 'receivedTooLate'
      when e.t_ms < k.watermark_ms - v_rules.retention_ms then 'behindWatermark'
    end;
  end if;
  if v_late is not null then
    insert into reconcile.late (key_id, seq, source, asset_id, source_event_id, t_ms, received_ms, watermark_ms, reason)
    values (k.key_id, e.seq, e.source, e.asset_id, e.source_event_id, e.t_ms, e.received_ms, k.watermark_ms, v_late);
  end if;
  if e.t_ms > k.watermark_ms and not e.clock_suspect then
    k := reconcile.advance(k, e.t_ms);
  end if;
  return case
    when v_late is not null then row(k, 'late', null)::reconcile.taken
    when e.kind = 'outage' then reconcile.join_outage(k, e, v_rules)
    else reconcile.take_restoration(k, e, 0)
  end;
end
$$;
comment on function reconcile.take_event(reconcile.keys, reconcile.queue, boolean) is
  'Takes the next event of a key''s log: the contract''s fold. The key is changed in what it returns, not in its table.';
