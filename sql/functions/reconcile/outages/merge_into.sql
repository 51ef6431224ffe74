create or replace function reconcile.merge_into(p_survivor_no bigint, p_other_no bigint, p_seq bigint) returns void
language plpgsql as $$
declare
  v_survivor reconcile.outages;
  v_other reconcile.outages;
  v_small bigint;
  v_large bigint;
begin
  select * into v_survivor from reconcile.outages where outage_no = p_survivor_no;
  select * into v_other from reconcile.outages where outage_no = p_other_no;
  update reconcile.outages set touched_seq = p_seq where outage_no = v_other.outage_no;
  update reconcile.outages set epitaph = (select to_jsonb(face) from reconcile.faces(array[v_other.outage_no]) face)
  where outage_no = v_other.outage_no;
  update reconcile.outages
  set survivor_no = v_survivor.outage_no, merged_into = case when outage_no = v_other.outage_no then v_survivor.outage_no else merged_into end
  where survivor_no = v_other.outage_no;
  v_small := case when reconcile.is_larger(v_other.body_no, v_survivor.body_no) then v_survivor.body_no else v_other.body_no end;
  v_large := case when v_small = v_survivor.body_no then v_other.body_no else v_survivor.body_no end;
  update reconcile.outages
  set body_no = v_large,
    touched_seq = p_seq,
    look_ms = -9000000000000000,
    first_ms = least(first_ms, v_other.first_ms),
    last_bucket = greatest(last_bucket, v_other.last_bucket),
    min_x = least(min_x, v_other.min_x), min_y = least(min_y, v_other.min_y), min_z = least(min_z, v_other.min_z),
    max_x = greatest(max_x, v_other.max_x), max_y = greatest(max_y, v_other.max_y), max_z = greatest(max_z, v_other.max_z),
    has_wide = has_wide or v_other.has_wide,
    confirmed = confirmed or v_other.confirmed,
    closed = closed and v_other.closed,
    decided_ms = greatest(decided_ms, v_other.decided_ms),
    etr_ms = coalesce(etr_ms, v_other.etr_ms),
    flags = reconcile.united(flags, v_other.flags),
    crew = reconcile.united(crew, v_other.crew),
    acknowledged_by = reconcile.united(acknowledged_by, v_other.acknowledged_by)
  where outage_no = v_survivor.outage_no;
  if v_other.incident_ms is not null then
    perform reconcile.note_incident(v_survivor.outage_no, v_other.incident_ms, v_other.incident_seq, v_other.incident_nth,
      v_other.incident_source, v_other.incident_asset_id, v_other.incident_event_id);
  end if;
  perform reconcile.move_body(v_small, v_large);
end
$$;
comment on function reconcile.merge_into(bigint, bigint, bigint) is
  'One outage becomes part of another: nothing of it is lost.';
