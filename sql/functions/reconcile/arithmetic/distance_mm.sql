create or replace function reconcile.distance_mm(
  p_a_lat double precision, p_a_lon double precision, p_b_lat double precision, p_b_lon double precision
) returns double precision
language sql immutable parallel safe as $$
  -- Vincenty's formula for the sphere, in the form of ST_DistanceSphere's, without making geometries.
  select floor(0.5 + 6371008.771415 * 1000 * atan2(
    sqrt(
      power(cos(radians(p_b_lat)) * sin(radians(p_b_lon - p_a_lon)), 2)
      + power(
        cos(radians(p_a_lat)) * sin(radians(p_b_lat))
        - sin(radians(p_a_lat)) * cos(radians(p_b_lat)) * cos(radians(p_b_lon - p_a_lon)), 2)),
    sin(radians(p_a_lat)) * sin(radians(p_b_lat))
    + cos(radians(p_a_lat)) * cos(radians(p_b_lat)) * cos(radians(p_b_lon - p_a_lon))))
$$;
comment on function reconcile.distance_mm(double precision, double precision, double precision, double precision) is
  'Great-circle distance of two points (degrees) on the contract''s sphere, rounded to the millimetre.';
