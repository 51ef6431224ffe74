create or replace function reconcile.restate(p_outage_no bigint) returns void
language plpgsql as $$
declare
  v_body_no bigint;
begin
  update reconcile.outages o
  set first_ms = 9000000000000000, last_bucket = -9000000000000000 >> 20, has_wide = false,
    min_x = null, min_y = null, min_z = null, max_x = null, max_y = null, max_z = null,
    incident_ms = null, incident_source = null, incident_event_id = null
  where o.outage_no = p_outage_no
  returning o.body_no into v_body_no;
  delete from reconcile.members m
  using reconcile.outages part
  where part.survivor_no = p_outage_no and m.outage_no = part.outage_no;
  delete from reconcile.cells where body_no = v_body_no;
  delete from reconcile.reporters where body_no = v_body_no;
end
$$;
comment on function reconcile.restate(bigint) is
  'Lets an outage begin anew, without members; what was decided about it stays.';
