create or replace function reconcile.keep_key(p_key reconcile.keys) returns void
language plpgsql as $$
begin
  update reconcile.keys
  set watermark_ms = p_key.watermark_ms, memory_from_ms = p_key.memory_from_ms, index_from_ms = p_key.index_from_ms,
    sweep_no = p_key.sweep_no, max_retention_ms = p_key.max_retention_ms, max_window_ms = p_key.max_window_ms,
    rule_sets = p_key.rule_sets, meaning = p_key.meaning, origin_lon = p_key.origin_lon, taken = p_key.taken, duplicates = p_key.duplicates
  where key_id = p_key.key_id;
end
$$;
comment on function reconcile.keep_key(reconcile.keys) is 'Writes what a key has come to into its table.';
