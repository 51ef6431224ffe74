create or replace function reconcile.links_in(
  p_outage reconcile.outages, p_event reconcile.queue, p_x double precision, p_y double precision, p_z double precision,
  p_from_ms bigint, p_to_ms bigint, p_radius_m double precision
) returns boolean
language plpgsql stable parallel safe as $$
declare
  v_within double precision;
  v_beyond double precision;
  v_box geometry;
begin
  if p_event.reach <> 'point' then
    return exists (
      select from reconcile.cells
      where body_no = p_outage.body_no and last_bucket >= p_from_ms >> 20 and reconcile.has_member(cell_id, p_from_ms, p_to_ms));
  end if;
  if p_outage.has_wide and exists (
    select from reconcile.cells
    where key_id = p_outage.key_id and cell = -1 and body_no = p_outage.body_no
      and reconcile.has_member(cell_id, p_from_ms, p_to_ms))
  then
    return true;
  end if;
  -- All that lies in one cube lies within its diagonal, 433 m: in a storm the event's own nearly always decides.
  if p_radius_m >= 434 and exists (
    select from reconcile.cells
    where key_id = p_outage.key_id and cell = reconcile.cell_of(p_x, p_y, p_z) and body_no = p_outage.body_no
      and reconcile.has_member(cell_id, p_from_ms, p_to_ms))
  then
    return true;
  end if;
  -- Chords are exact to a nanometre here; within a millimetre of the radius the contract's own formula decides.
  v_within := reconcile.chord_squared(p_radius_m - 0.001);
  v_beyond := reconcile.chord_squared(p_radius_m + 0.001);
  v_box := st_makeline(
    st_makepoint(p_x - p_radius_m - 1, p_y - p_radius_m - 1, p_z - p_radius_m - 1, p_event.key_id),
    st_makepoint(p_x + p_radius_m + 1, p_y + p_radius_m + 1, p_z + p_radius_m + 1, p_event.key_id));
  -- body_no + 0: the spatial index finds the cells, not the one by body, which grows with the outage.
  if exists (
    select from reconcile.cells
    where box &&& v_box and body_no + 0 = p_outage.body_no and last_bucket >= p_from_ms >> 20
      and power(reconcile.reach_across(p_x, min_x), 2) + power(reconcile.reach_across(p_y, min_y), 2)
        + power(reconcile.reach_across(p_z, min_z), 2) <= v_within
      and reconcile.has_member(cell_id, p_from_ms, p_to_ms))
  then
    return true;
  end if;
  return exists (
    select from reconcile.cells
    where box &&& v_box and body_no + 0 = p_outage.body_no and last_bucket >= p_from_ms >> 20
      and power(reconcile.gap(p_x, min_x), 2) + power(reconcile.gap(p_y, min_y), 2)
        + power(reconcile.gap(p_z, min_z), 2) <= v_beyond
      and power(reconcile.reach_across(p_x, min_x), 2) + power(reconcile.reach_across(p_y, min_y), 2)
        + power(reconcile.reach_across(p_z, min_z), 2) > v_within
      and reconcile.has_member_within(cell_id, p_from_ms, p_to_ms, p_event.lat, p_event.lon, p_radius_m));
end
$$;
comment on function reconcile.links_in(
  reconcile.outages, reconcile.queue, double precision, double precision, double precision, bigint, bigint, double precision
) is 'Whether an outage has a member in a closed interval of time (epoch ms) that links to an event, whose geocentric place is given too.';
