create or replace function reconcile.was_heard(p_key reconcile.keys, p_event reconcile.queue) returns boolean
language plpgsql stable as $$
declare
  e reconcile.queue := p_event;
begin
  return exists (
    select from reconcile.reports
    where key_id = p_key.key_id and source_event_id = e.source_event_id and source = e.source and kind = e.kind
      and asset_id is not distinct from e.asset_id and t_ms = e.t_ms
      and (t_ms >= p_key.memory_from_ms or t_ms <> occurred_ms and t_ms >= p_key.watermark_ms - 604800000));
end
$$;
comment on function reconcile.was_heard(reconcile.keys, reconcile.queue) is
  'Whether an event of these names at this time was heard, and is not forgotten.';
