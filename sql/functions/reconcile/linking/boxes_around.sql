create or replace function reconcile.boxes_around(p_lat double precision, p_lon double precision) returns geometry[]
language sql immutable parallel safe as $$
  -- 0.0046 degrees of latitude are 511 m; a box that passes the date line has its other half 360 degrees away.
  select array_agg(st_makeenvelope(p_lon + turn - spread, p_lat - 0.0046, p_lon + turn + spread, p_lat + 0.0046, 4326))
  from (values (least(360, 0.0046 / greatest(cos(radians(least(90, abs(p_lat) + 0.0046))), 1e-6)))) east (spread)
  cross join (values (-360), (0), (360)) turns (turn)
$$;
comment on function reconcile.boxes_around(double precision, double precision) is
  'Boxes (degrees) that hold all within 500 m of a place: for an index to prune, never to decide.';
