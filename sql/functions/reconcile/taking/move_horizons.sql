create or replace function reconcile.move_horizons(p_key reconcile.keys) returns reconcile.keys
language plpgsql immutable as $$
declare
  k reconcile.keys := p_key;
begin
  -- They only move on: a longer retention does not bring back what is gone.
  k.memory_from_ms := greatest(k.memory_from_ms, k.watermark_ms - k.max_retention_ms);
  k.index_from_ms := greatest(k.index_from_ms, k.watermark_ms - k.max_retention_ms - k.max_window_ms);
  return k;
end
$$;
comment on function reconcile.move_horizons(reconcile.keys) is 'The key with its horizons where its watermark puts them.';
