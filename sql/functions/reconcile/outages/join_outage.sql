create or replace function reconcile.join_outage(p_key reconcile.keys, p_event reconcile.queue, p_rules reconcile.rule_sets)
returns reconcile.taken
language plpgsql as $$
declare
  k reconcile.keys := p_key;
  e reconcile.queue := p_event;
  v_x double precision := 6371008.771415 * cos(radians(e.lat)) * cos(radians(e.lon));
  v_y double precision := 6371008.771415 * cos(radians(e.lat)) * sin(radians(e.lon));
  v_z double precision := 6371008.771415 * sin(radians(e.lat));
  v_back_ms bigint := reconcile.back_ms(k, e);
  v_found bigint[];
  v_was_closed boolean;
  o reconcile.outages;
begin
  k := reconcile.with_origin(k, e.lon);
  v_found := reconcile.find_links(k, e, p_rules, v_x, v_y, v_z);
  v_found := v_found || reconcile.state_links(k, e, p_rules, v_back_ms, v_found);
  if v_found = '{}' then
    select * into o
    from reconcile.outages
    where key_id = k.key_id and not is_settled and outage_id = reconcile.outage_id_of(k, e);
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
  perform reconcile.admit(k, o, e, p_rules, v_x, v_y, v_z, v_back_ms);
  perform reconcile.note_joining(o, e, 0, coalesce(v_was_closed, o.closed), v_back_ms is not null);
  perform reconcile.remember(k, e, 0, null, 'member', o.outage_no);
  return row(k, 'member', o.outage_no)::reconcile.taken;
end
$$;
comment on function reconcile.join_outage(reconcile.keys, reconcile.queue, reconcile.rule_sets) is
  'An outage event joins the outages that it links to, or opens one.';
