create or replace function reconcile.time_of(p_ms bigint) returns timestamptz
language plpgsql immutable strict parallel safe as $$
begin
  -- As ms_of: it cannot be inlined.
  return timestamptz 'epoch' + make_interval(secs => p_ms / 1000) + (p_ms % 1000) * interval '1 millisecond';
end
$$;
comment on function reconcile.time_of(bigint) is 'Epoch ms as a time.';
