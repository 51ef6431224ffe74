create or replace function reconcile.back_ms(p_key reconcile.keys, p_event reconcile.queue) returns bigint
language plpgsql stable parallel safe as $$
declare
  e reconcile.queue := p_event;
  v_from_ms bigint := greatest(e.t_ms, p_key.memory_from_ms);
  v_reporter text := e.source || '/' || e.asset;
begin
  -- At its own time what its own reporter said was said before it; all of a source that speak for the feeder are one in this.
  return least(
    (select t_ms from reconcile.reports
     where key_id = p_key.key_id and unit = e.unit and kind = 'restoration' and not is_wide and t_ms >= v_from_ms
       and (t_ms > e.t_ms or teller is distinct from v_reporter)
     order by t_ms limit 1),
    (select t_ms from reconcile.reports
     where key_id = p_key.key_id and is_wide and kind = 'restoration' and t_ms >= v_from_ms and from_ms <= e.t_ms
       and (t_ms > e.t_ms or teller <> v_reporter and (e.reach = 'point' or source <> e.source))
     order by t_ms limit 1),
    case when not e.is_customer then
      (select t_ms from reconcile.reports
       where key_id = p_key.key_id and teller = v_reporter and is_customer and kind = 'restoration' and t_ms >= v_from_ms and t_ms > e.t_ms
       order by t_ms limit 1)
    end);
end
$$;
comment on function reconcile.back_ms(reconcile.keys, reconcile.queue) is
  'When an outage event that joins now was back: the earliest restoration of its unit, or of all, since (epoch ms); null: it is out.';
