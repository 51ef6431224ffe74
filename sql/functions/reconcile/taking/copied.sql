create or replace function reconcile.copied(p_key reconcile.keys, p_event reconcile.queue) returns reconcile.reports
language plpgsql stable as $$
declare
  k reconcile.keys := p_key;
  e reconcile.queue := p_event;
  v_first reconcile.reports;
begin
  for v_first in
    select *
    from reconcile.reports
    where key_id = k.key_id and source_event_id = e.source_event_id and source = e.source and kind = e.kind
      and asset_id is not distinct from e.asset_id
      -- What a clock said that had lost its date is known for 7 days.
      and (t_ms >= k.memory_from_ms or t_ms <> occurred_ms and t_ms >= k.watermark_ms - 604800000)
    order by seq desc, nth desc
  loop
    if e.clock_suspect and v_first.occurred_ms = e.occurred_ms or not reconcile.stands_between(k, e, v_first) then
      return v_first;
    end if;
  end loop;
  return null;
end
$$;
comment on function reconcile.copied(reconcile.keys, reconcile.queue) is
  'The report that an event says again, nothing that says the other standing between the two by time; null: it is no copy.';
