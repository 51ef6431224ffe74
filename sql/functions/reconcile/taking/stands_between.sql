create or replace function reconcile.stands_between(p_key reconcile.keys, p_event reconcile.queue, p_first reconcile.reports)
returns boolean
language plpgsql stable as $$
declare
  k reconcile.keys := p_key;
  e reconcile.queue := p_event;
  p reconcile.reports := p_first;
begin
  -- The event is the last on the log. Above it only what is remembered counts.
  if p.t_ms > e.t_ms then
    return exists (
        select from reconcile.reports x
        where x.key_id = k.key_id and x.unit = e.unit and x.kind <> e.kind
          and x.t_ms > e.t_ms and x.t_ms between k.memory_from_ms and p.t_ms and (x.t_ms, x.seq, x.nth) < (p.t_ms, p.seq, p.nth))
      or exists (
        select from reconcile.reports x
        where x.key_id = k.key_id and x.is_wide and x.kind <> e.kind
          and x.t_ms > e.t_ms and x.t_ms between k.memory_from_ms and p.t_ms and (x.t_ms, x.seq, x.nth) < (p.t_ms, p.seq, p.nth))
      or e.kind = 'outage' and not e.is_customer and exists (
        select from reconcile.reports x
        where x.key_id = k.key_id and x.teller = e.source || '/' || e.asset and x.is_customer and x.kind = 'restoration'
          and x.t_ms > e.t_ms and x.t_ms between k.memory_from_ms and p.t_ms and (x.t_ms, x.seq, x.nth) < (p.t_ms, p.seq, p.nth));
  end if;
  return exists (
      select from reconcile.reports x
      where x.key_id = k.key_id and x.unit = e.unit and x.kind <> e.kind
        and x.t_ms between p.t_ms and e.t_ms and (x.t_ms, x.seq, x.nth) > (p.t_ms, p.seq, p.nth)
        and (x.is_wide or p.unit = e.unit or x.t_ms >= k.memory_from_ms))
    or exists (
      select from reconcile.reports x
      where x.key_id = k.key_id and x.is_wide and x.kind <> e.kind
        and x.t_ms between p.t_ms and e.t_ms and (x.t_ms, x.seq, x.nth) > (p.t_ms, p.seq, p.nth))
    or e.kind = 'outage' and not e.is_customer and exists (
      select from reconcile.reports x
      where x.key_id = k.key_id and x.teller = e.source || '/' || e.asset and x.is_customer and x.kind = 'restoration'
        and x.t_ms between greatest(p.t_ms, k.memory_from_ms) and e.t_ms and (x.t_ms, x.seq, x.nth) > (p.t_ms, p.seq, p.nth));
end
$$;
comment on function reconcile.stands_between(reconcile.keys, reconcile.queue, reconcile.reports) is
  'Whether a report of the other kind, of an event''s unit or of all, stands between the event and an earlier report of its identity.';
