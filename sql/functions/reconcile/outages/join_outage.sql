create or replace function reconcile.join_outage(p_key reconcile.keys, p_event reconcile.queue, p_rules reconcile.rule_sets)
returns reconcile.taken
language plpgsql as $$
declare
  k reconcile.keys := p_key;
  e reconcile.queue := p_event;
  v_x double precision := 6371008.771415 * cos(radians(e.lat)) * cos(radians(e.lon));
  v_y double precision := 6371008.771415 * cos(radians(e.lat)) * sin(radians(e.lon));
  v_z double precision := 6371008.771415 * sin(radians(e.lat));
  v_found bigint[];
  v_was_closed boolean;
  o reconcile.outages;
  v_back boolean;
begin
  k := reconcile.with_origin(k, e.lon);
  v_found := reconcile.find_links(k, e, p_rules, v_x, v_y, v_z);
  if v_found = '{}' then
    select * into o
    from reconcile.outages
    where key_id = k.key_id and not is_settled
      and outage_id = reconcile.uuid_of(concat_ws('/', k.substation_id, k.feeder_id, e.source, e.source_event_id));
    if found then
      k.duplicates := k.duplicates + 1;
      return row(k, 'duplicate', o.outage_no)::reconcile.taken;
    end if;
    o.outage_no := reconcile.open_outage(k, e);
  elsif array_length(v_found, 1) = 1 then
    o.outage_no := v_found[1];
  else
    v_was_closed := exists (select from reconcile.outages where outage_no = any (v_found) and closed);
    o.outage_no := reconcile.merge(v_found, e.seq);
  end if;
  select * into o from reconcile.outages where outage_no = o.outage_no;
  v_back := reconcile.admit(k, o, e, p_rules, v_x, v_y, v_z);
  perform reconcile.note_joining(o, e, coalesce(v_was_closed, o.closed), v_back);
  return row(k, 'member', o.outage_no)::reconcile.taken;
end
$$;
comment on function reconcile.join_outage(reconcile.keys, reconcile.queue, reconcile.rule_sets) is
  'An outage event joins the outages that it links to, or opens one.';
