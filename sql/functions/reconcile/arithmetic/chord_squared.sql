create or replace function reconcile.chord_squared(p_distance_m double precision) returns double precision
language sql immutable parallel safe as $$
  select case when p_distance_m <= 0 then 0
    else power(2 * 6371008.771415 * sin(least(p_distance_m / 6371008.771415, pi()) / 2), 2) end
$$;
comment on function reconcile.chord_squared(double precision) is
  'The square of the straight line (metres) between two points so far apart along the sphere (metres).';
