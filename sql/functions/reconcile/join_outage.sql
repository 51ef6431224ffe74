create or replace function reconcile.join_outage(p_key reconcile.keys, p_event reconcile.queue, p_rules reconcile.rule_sets)
returns reconcile.taken
language plpgsql as $$
declare
  k reconcile.keys := p_key;
  e reconcile.queue := p_event;
  v_wide boolean := e.reach <> 'point';
  v_x double precision := 6371008.771415 * cos(radians(e.lat)) * cos(radians(e.lon));
  v_y double precision := 6371008.771415 * cos(radians(e.lat)) * sin(radians(e.lon));
  v_z double precision := 6371008.771415 * sin(radians(e.lat));
  v_margin_m double precision := case when not v_wide then 500 end;
  v_found bigint[];
  v_was_closed boolean;
  o reconcile.outages;
  v_outage_id uuid;
  v_back_ms bigint;
begin
  if k.origin_lon is null then
    k.origin_lon := e.lon;
    -- At once, for what a merge reads: all else that changes in a key is written when its turn is over.
    update reconcile.keys set origin_lon = e.lon where key_id = k.key_id;
  end if;
  v_found := reconcile.find_links(k, e, p_rules, v_x, v_y, v_z);
  if v_found = '{}' then
    v_outage_id := reconcile.uuid_of(concat_ws('/', k.substation_id, k.feeder_id, e.source, e.source_event_id));
    select * into o from reconcile.outages where key_id = k.key_id and outage_id = v_outage_id and not is_settled;
    if found then
      k.duplicates := k.duplicates + 1;
      return row(k, 'duplicate', o.outage_no)::reconcile.taken;
    end if;
    update reconcile.outages set is_superseded = true where key_id = k.key_id and outage_id = v_outage_id;
    o.outage_no := nextval(pg_get_serial_sequence('reconcile.outages', 'outage_no'));
    insert into reconcile.outages (outage_no, key_id, outage_id, opened_source, opened_event_id, body_no, survivor_no,
      first_ms, last_bucket)
    overriding system value
    values (o.outage_no, k.key_id, v_outage_id, e.source, e.source_event_id, o.outage_no, o.outage_no, e.t_ms, e.t_ms >> 20);
  elsif array_length(v_found, 1) = 1 then
    o.outage_no := v_found[1];
  else
    v_was_closed := exists (select from reconcile.outages where outage_no = any (v_found) and closed);
    o.outage_no := reconcile.merge(v_found, e.seq);
  end if;
  select * into o from reconcile.outages where outage_no = o.outage_no;
  v_back_ms := reconcile.back_ms(k.key_id, e.unit, greatest(e.t_ms, k.memory_from_ms));
  perform reconcile.add_member(o.outage_no, o.body_no, e, v_x, v_y, v_z);
  perform reconcile.add_reporter(o.body_no, e, p_rules, v_back_ms);
  -- Mostly nothing of this changes: then the row stays as it is, and has no dead copies to be stepped over.
  if e.t_ms < o.first_ms or e.t_ms >> 20 > o.last_bucket or (v_wide and not o.has_wide)
    or (not v_wide and (o.min_x is null or v_x < o.min_x or v_y < o.min_y or v_z < o.min_z
      or v_x > o.max_x or v_y > o.max_y or v_z > o.max_z))
  then
    -- A wide member has no place: with a margin of null the box stays as it is.
    update reconcile.outages
    set first_ms = least(first_ms, e.t_ms), last_bucket = greatest(last_bucket, e.t_ms >> 20), has_wide = has_wide or v_wide,
      min_x = least(min_x, v_x - v_margin_m), max_x = greatest(max_x, v_x + v_margin_m),
      min_y = least(min_y, v_y - v_margin_m), max_y = greatest(max_y, v_y + v_margin_m),
      min_z = least(min_z, v_z - v_margin_m), max_z = greatest(max_z, v_z + v_margin_m)
    where outage_no = o.outage_no;
  end if;
  perform reconcile.note_joining(o, e, coalesce(v_was_closed, o.closed), v_back_ms is not null);
  return row(k, 'member', o.outage_no)::reconcile.taken;
end
$$;
comment on function reconcile.join_outage(reconcile.keys, reconcile.queue, reconcile.rule_sets) is
  'An outage event joins the outages that it links to, or opens one.';
