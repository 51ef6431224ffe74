create or replace function reconcile.cell_of(p_x double precision, p_y double precision, p_z double precision) returns bigint
language sql immutable parallel safe as $$
  select ((floor(p_x / 250)::bigint + 32768) << 32) + ((floor(p_y / 250)::bigint + 32768) << 16) + floor(p_z / 250)::bigint + 32768
$$;
comment on function reconcile.cell_of(double precision, double precision, double precision) is
  'The number of the cube of 250 m in which a place (geocentric metres) lies.';
