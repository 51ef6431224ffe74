create or replace function reconcile.reach_across(p_at double precision, p_least double precision) returns double precision
language sql immutable parallel safe as $$
  select greatest(p_at - p_least, p_least + 250 - p_at)
$$;
comment on function reconcile.reach_across(double precision, double precision) is
  'How far (metres) a coordinate is from the farther end of a stretch of 250 m.';
