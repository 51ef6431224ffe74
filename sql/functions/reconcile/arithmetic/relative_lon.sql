create or replace function reconcile.relative_lon(p_lon double precision, p_reference double precision) returns double precision
language sql immutable parallel safe as $$
  select case
    when p_lon - p_reference >= 180 then p_lon - p_reference - 360
    when p_lon - p_reference < -180 then p_lon - p_reference + 360
    else p_lon - p_reference
  end
$$;
comment on function reconcile.relative_lon(double precision, double precision) is
  'A longitude (degrees) as an offset from another, in [-180, 180).';
