create or replace function reconcile.remember(
  p_key reconcile.keys, p_event reconcile.queue, p_nth integer, p_from_ms bigint, p_outcome text, p_outage_no bigint
) returns void
language plpgsql as $$
declare
  e reconcile.queue := p_event;
begin
  insert into reconcile.reports (key_id, seq, nth, source, kind, asset_id, source_event_id, unit, teller, is_customer, is_wide, t_ms,
    occurred_ms, from_ms, outcome, outage_no)
  values (p_key.key_id, e.seq, p_nth, e.source, e.kind, e.asset_id, e.source_event_id, e.unit, e.source || '/' || e.asset, e.is_customer,
    e.reach <> 'point', e.t_ms, e.occurred_ms, p_from_ms, p_outcome, p_outage_no);
end
$$;
comment on function reconcile.remember(reconcile.keys, reconcile.queue, integer, bigint, text, bigint) is
  'Remembers an event that was neither a copy nor late: the nth of an amend, or 0; of a wide restoration from when on it speaks (epoch ms).';
