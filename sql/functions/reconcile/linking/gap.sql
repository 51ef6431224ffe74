create or replace function reconcile.gap(p_at double precision, p_least double precision) returns double precision
language sql immutable parallel safe as $$
  select greatest(p_least - p_at, p_at - p_least - 250, 0)
$$;
comment on function reconcile.gap(double precision, double precision) is 'How far (metres) a coordinate is outside a stretch of 250 m.';
