create or replace function reconcile.take_command(p_key reconcile.keys, p_seq bigint, p_at_ms bigint, p_command jsonb)
returns reconcile.taken
language plpgsql as $$
declare
  k reconcile.keys := p_key;
  c jsonb := p_command;
  v_outage_no bigint;
  v_unit record;
  v_taken reconcile.taken;
begin
  k.taken := k.taken + 1;
  if exists (select from reconcile.commands
    where key_id = k.key_id and command_id = c ->> 'commandId' and seen_ms >= k.memory_from_ms)
  then
    return row(k, 'duplicate', null)::reconcile.taken;
  end if;
  if c ->> 'command' = 'amend' then
    v_taken := reconcile.amend(k, p_seq, p_at_ms, c);
    insert into reconcile.commands (run_id, key_id, seq, command_id, seen_ms, command, outage_no, rejected)
    values (k.run_id, k.key_id, p_seq, c ->> 'commandId', greatest(k.watermark_ms, p_at_ms), c, v_taken.outage_no,
      nullif(v_taken.outcome, 'command'));
    return row(v_taken.key, case v_taken.outcome when 'command' then 'command' else 'rejected' end, v_taken.outage_no)::reconcile.taken;
  end if;
  if not reconcile.is_for_key(c ->> 'command') then
    v_outage_no := reconcile.outage_named(k.key_id, c);
  end if;
  insert into reconcile.commands (run_id, key_id, seq, command_id, seen_ms, command, outage_no, rejected)
  values (k.run_id, k.key_id, p_seq, c ->> 'commandId', greatest(k.watermark_ms, p_at_ms), c, v_outage_no,
    case when v_outage_no is null and not reconcile.is_for_key(c ->> 'command') then 'unknownOutage' end);
  if c ->> 'command' = 'rules' then
    k := reconcile.add_rules(k, c -> 'ruleSet', reconcile.ms_of((c ->> 'validFrom')::timestamptz), p_seq);
    return row(k, 'command', null)::reconcile.taken;
  elsif c ->> 'command' = 'meaning' then
    k.meaning := reconcile.known_meaning((c ->> 'number')::integer);
    return row(k, 'command', null)::reconcile.taken;
  end if;
  if v_outage_no is null then
    return row(k, 'rejected', null)::reconcile.taken;
  end if;
  perform reconcile.decide(v_outage_no, c, p_at_ms, p_seq);
  if c ->> 'command' in ('restore', 'close') then
    for v_unit in
      select r.unit, r.is_customer, row_number() over (order by r.unit)::integer as nth
      from (
        select distinct r.unit, r.is_customer from reconcile.outages o join reconcile.reporters r using (body_no)
        where o.outage_no = v_outage_no) r
    loop
      insert into reconcile.reports (key_id, seq, nth, kind, unit, is_customer, is_wide, t_ms, occurred_ms, outcome, outage_no)
      values (k.key_id, p_seq, v_unit.nth, 'restoration', v_unit.unit, v_unit.is_customer, false, p_at_ms, p_at_ms, 'decision', v_outage_no);
      perform reconcile.restore_unit(k, v_unit.unit, p_at_ms, p_seq);
    end loop;
  end if;
  return row(k, 'command', v_outage_no)::reconcile.taken;
end
$$;
comment on function reconcile.take_command(reconcile.keys, bigint, bigint, jsonb) is 'Takes the next command of a key''s log.';
