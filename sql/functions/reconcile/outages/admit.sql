create or replace function reconcile.admit(
  p_key reconcile.keys, p_outage reconcile.outages, p_event reconcile.queue, p_rules reconcile.rule_sets,
  p_x double precision, p_y double precision, p_z double precision, p_back_ms bigint, p_nth integer default 0
) returns void
language plpgsql as $$
declare
  e reconcile.queue := p_event;
  o reconcile.outages := p_outage;
  v_wide boolean := e.reach <> 'point';
  v_margin_m double precision := case when not v_wide then 500 end;
begin
  perform reconcile.add_member(o.outage_no, o.body_no, e, p_x, p_y, p_z, p_nth);
  perform reconcile.add_reporter(o.body_no, e, p_rules, p_back_ms, p_nth);
  -- Mostly nothing of this changes: then the row stays as it is, and has no dead copies to be stepped over.
  if e.t_ms < o.first_ms or e.t_ms >> 20 > o.last_bucket or (v_wide and not o.has_wide)
    or (not v_wide and (o.min_x is null or p_x < o.min_x or p_y < o.min_y or p_z < o.min_z
      or p_x > o.max_x or p_y > o.max_y or p_z > o.max_z))
  then
    -- A wide member has no place: with a margin of null the box stays as it is.
    update reconcile.outages
    set first_ms = least(first_ms, e.t_ms), last_bucket = greatest(last_bucket, e.t_ms >> 20), has_wide = has_wide or v_wide,
      min_x = least(min_x, p_x - v_margin_m), max_x = greatest(max_x, p_x + v_margin_m),
      min_y = least(min_y, p_y - v_margin_m), max_y = greatest(max_y, p_y + v_margin_m),
      min_z = least(min_z, p_z - v_margin_m), max_z = greatest(max_z, p_z + v_margin_m)
    where outage_no = o.outage_no;
  end if;
end
$$;
comment on function reconcile.admit(
  reconcile.keys, reconcile.outages, reconcile.queue, reconcile.rule_sets, double precision, double precision, double precision, bigint,
  integer
) is 'Makes an outage event, whose geocentric place is given too, a member of an outage; its unit was back at the given time (epoch ms), if at all.';
