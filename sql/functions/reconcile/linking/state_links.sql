create or replace function reconcile.state_links(
  p_key reconcile.keys, p_event reconcile.queue, p_rules reconcile.rule_sets, p_back_ms bigint, p_found bigint[]
) returns bigint[]
language plpgsql stable as $$
declare
  e reconcile.queue := p_event;
  v_bodies bigint[] := '{}';
begin
  if e.says_state then
    -- What is out by the time of which it speaks, of its unit or of all.
    v_bodies := array(
      select body_no from reconcile.reporters
      where key_id = p_key.key_id and unit = e.unit
        and t_ms between greatest(e.t_ms - p_rules.retention_ms, p_key.index_from_ms) and e.t_ms and (back_ms is null or back_ms > e.t_ms)
      union
      select body_no from reconcile.reporters
      where key_id = p_key.key_id and is_wide
        and t_ms between greatest(e.t_ms - p_rules.retention_ms, p_key.index_from_ms) and e.t_ms and (back_ms is null or back_ms > e.t_ms));
  end if;
  -- And who says later that he is still out.
  v_bodies := v_bodies || array(
    select r.body_no from reconcile.reporters r
    where r.key_id = p_key.key_id and r.unit = e.unit and r.says_state and r.t_ms >= greatest(e.t_ms, p_key.index_from_ms)
      and (p_back_ms is null or p_back_ms > r.t_ms)
      and r.t_ms - e.t_ms <= (reconcile.rules_at(p_key.key_id, r.t_ms)).retention_ms);
  if e.reach <> 'point' then
    v_bodies := v_bodies || array(
      select r.body_no from reconcile.reporters r
      where r.key_id = p_key.key_id and r.says_state and r.t_ms >= greatest(e.t_ms, p_key.index_from_ms)
        and (p_back_ms is null or p_back_ms > r.t_ms)
        and r.t_ms - e.t_ms <= (reconcile.rules_at(p_key.key_id, r.t_ms)).retention_ms);
  end if;
  if v_bodies = '{}' then
    return '{}';
  end if;
  return array(
    select outage_no from reconcile.outages
    where body_no = any (v_bodies) and merged_into is null and not cancelled and not is_settled and outage_no <> all (p_found)
      and coalesce(reconcile.restored_ms(body_no) >= e.t_ms, true));
end
$$;
comment on function reconcile.state_links(reconcile.keys, reconcile.queue, reconcile.rule_sets, bigint, bigint[]) is
  'The open outages, beside those that were found, to which an event links because one of the two says that somebody is still out by the other; the event was back at the given time (epoch ms), if at all.';
