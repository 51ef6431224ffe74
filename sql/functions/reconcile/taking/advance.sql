create or replace function reconcile.advance(p_key reconcile.keys, p_t_ms bigint) returns reconcile.keys
language plpgsql as $$
declare
  k reconcile.keys := p_key;
begin
  k.watermark_ms := p_t_ms;
  k := reconcile.move_horizons(k);
  if k.sweep_no <> floor(p_t_ms / 2700000.0)::bigint then
    k.sweep_no := floor(p_t_ms / 2700000.0)::bigint;
    perform reconcile.sweep(k);
  end if;
  return k;
end
$$;
comment on function reconcile.advance(reconcile.keys, bigint) is
  'The key with its watermark moved on (epoch ms); what can have no more effect is swept out every 45 minutes of the key''s time.';
