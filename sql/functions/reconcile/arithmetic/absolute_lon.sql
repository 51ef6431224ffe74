create or replace function reconcile.absolute_lon(p_relative double precision, p_reference double precision) returns double precision
language sql immutable parallel safe as $$
  select case
    when lon > 180 then floor((lon - 360) * 1e7 + 0.5) / 1e7
    when lon < -180 then floor((lon + 360) * 1e7 + 0.5) / 1e7
    else lon
  end
  from (values (floor((p_relative + p_reference) * 1e7 + 0.5) / 1e7)) rounded (lon)
$$;
comment on function reconcile.absolute_lon(double precision, double precision) is
  'The longitude (degrees, to 1 cm) at an offset from another.';
