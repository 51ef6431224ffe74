create or replace function reconcile.has_member_within(
  p_cell_id bigint, p_from_ms bigint, p_to_ms bigint, p_lat double precision, p_lon double precision, p_radius_m double precision
) returns boolean
language plpgsql stable parallel safe as $$
begin
  -- PL/pgSQL keeps the plan; a function in SQL would be planned each time.
  return exists (
    select from reconcile.members
    where cell_id = p_cell_id and t_ms between p_from_ms and p_to_ms
      and reconcile.distance_mm(lat, lon, p_lat, p_lon) <= p_radius_m * 1000);
end
$$;
comment on function reconcile.has_member_within(bigint, bigint, bigint, double precision, double precision, double precision) is
  'Whether a cell has a member in a closed interval of time (epoch ms) and within a radius (metres): the contract''s own formula.';
