create or replace function reconcile.degrees(p_degrees double precision) returns double precision
language sql immutable parallel safe as $$
  select case when abs(p_degrees) < 1e-100 then 0 else p_degrees end
$$;
comment on function reconcile.degrees(double precision) is
  'A coordinate; 0 if it is smaller than anything, for PostgreSQL refuses products below 1e-308.';
