create or replace function reconcile.add_member(
  p_outage_no bigint, p_body_no bigint, p_event reconcile.queue, p_x double precision, p_y double precision, p_z double precision,
  p_nth integer
) returns void
language plpgsql as $$
declare
  e reconcile.queue := p_event;
  v_wide boolean := e.reach <> 'point';
  v_cell bigint := case when v_wide then -1 else reconcile.cell_of(p_x, p_y, p_z) end;
  v_found reconcile.cells;
begin
  select * into v_found from reconcile.cells where key_id = e.key_id and cell = v_cell and body_no = p_body_no limit 1;
  if v_found.cell_id is null then
    v_found.cell_id := nextval(pg_get_serial_sequence('reconcile.cells', 'cell_id'));
    v_found.min_x := floor(p_x / 250) * 250;
    v_found.min_y := floor(p_y / 250) * 250;
    v_found.min_z := floor(p_z / 250) * 250;
    insert into reconcile.cells (cell_id, key_id, body_no, cell, last_bucket, min_x, min_y, min_z, box)
    overriding system value
    values (v_found.cell_id, e.key_id, p_body_no, v_cell, e.t_ms >> 20, v_found.min_x, v_found.min_y, v_found.min_z,
      case when not v_wide then st_makeline(
        st_makepoint(v_found.min_x, v_found.min_y, v_found.min_z, e.key_id),
        st_makepoint(v_found.min_x + 250, v_found.min_y + 250, v_found.min_z + 250, e.key_id)) end);
  elsif v_found.last_bucket < e.t_ms >> 20 then
    update reconcile.cells set last_bucket = e.t_ms >> 20 where cell_id = v_found.cell_id;
  end if;
  insert into reconcile.members (cell_id, t_ms, seq, nth, outage_no, source, asset_id, source_event_id, lat, lon)
  values (v_found.cell_id, e.t_ms, e.seq, p_nth, p_outage_no, e.source, e.asset_id, e.source_event_id, e.lat, e.lon);
end
$$;
comment on function reconcile.add_member(
  bigint, bigint, reconcile.queue, double precision, double precision, double precision, integer
) is 'Makes an event a member of an outage, in its cell.';
