create or replace function reconcile.amend(p_key reconcile.keys, p_seq bigint, p_at_ms bigint, p_command jsonb)
returns reconcile.taken
language plpgsql as $$
declare
  k reconcile.keys := p_key;
  c jsonb := p_command;
  v_id uuid := (c ->> 'outageId')::uuid;
  v_whole boolean := (c ->> 'whole')::boolean;
  v_outage_no bigint := reconcile.living(k.key_id, v_id);
  v_named bigint;
  v_merging bigint[] := '{}';
  v_events reconcile.queue[];
  v_nths integer[];
  v_opener reconcile.queue;
  v_back reconcile.queue[];
  v_back_nths integer[];
  v_was_closed boolean;
  v_units text[];
  v_outs bigint[];
  v_backs bigint[];
begin
  -- All of it holds or nothing does: first it is looked through.
  for v_id in select v_id union all select value::uuid from jsonb_array_elements_text(c -> 'absorbs') loop
    v_named := reconcile.living(k.key_id, v_id);
    if v_named is null and (v_whole or v_id <> (c ->> 'outageId')::uuid) then
      return row(k, 'unknownOutage', null)::reconcile.taken;
    elsif exists (select from reconcile.outages where outage_no = v_named and cancelled) then
      return row(k, 'cancelledOutage', null)::reconcile.taken;
    elsif v_named is distinct from v_outage_no and v_named <> all (v_merging) then
      v_merging := v_merging || v_named;
    end if;
  end loop;
  select array_agg(t.event order by t.nth), array_agg(t.nth order by t.nth) into v_events, v_nths
  from reconcile.taken_in(k, p_seq, c -> 'members', v_whole, array_remove(v_outage_no || v_merging, null)) t;
  select array_agg(t.event order by t.nth), array_agg(t.nth order by t.nth) into v_back, v_back_nths
  from reconcile.told_in(k, p_seq, c -> 'members') t
  where (t.event).kind = 'restoration';
  if v_outage_no is null then
    select t.* into v_opener
    from unnest(v_events) t
    where reconcile.outage_id_of(k, t) = (c ->> 'outageId')::uuid;
    if v_opener.source is null then
      return row(k, 'unknownOutage', null)::reconcile.taken;
    end if;
    v_outage_no := reconcile.open_outage(k, v_opener);
  elsif v_whole and v_events is null then
    return row(k, 'noMembers', null)::reconcile.taken;
  elsif v_events is null and v_back is null and v_merging = '{}' then
    return row(k, 'command', v_outage_no)::reconcile.taken;
  end if;

  v_was_closed := exists (select from reconcile.outages where outage_no = any (v_outage_no || v_merging) and closed);
  if v_whole then
    -- Confirmed once, it stays confirmed: by members, too, that leave it.
    update reconcile.outages o
    set confirmed = confirmed or face.is_confirmed
    from reconcile.faces(v_outage_no || v_merging) face
    where o.outage_no = face.outage_no;
  end if;
  for i in 1 .. coalesce(array_length(v_merging, 1), 0) loop
    perform reconcile.merge_into(v_outage_no, v_merging[i], p_seq);
  end loop;
  if v_whole then
    select array_agg(r.unit), array_agg(r.t_ms), array_agg(r.back_ms) into v_units, v_outs, v_backs
    from reconcile.outages o
    join reconcile.reporters r using (body_no)
    where o.outage_no = v_outage_no and r.back_ms is not null;
    perform reconcile.restate(v_outage_no);
  end if;
  for i in 1 .. coalesce(array_length(v_events, 1), 0) loop
    k := reconcile.take_in(k, v_outage_no, v_events[i], v_nths[i]);
  end loop;
  perform reconcile.tell_again(v_outage_no, v_units, v_outs, v_backs, p_seq);
  for i in 1 .. coalesce(array_length(v_back, 1), 0) loop
    -- What is remembered has done all it can.
    if v_back[i].t_ms < k.memory_from_ms or not reconcile.was_heard(k, v_back[i]) then
      perform reconcile.take_restoration(k, v_back[i], v_back_nths[i]);
    end if;
  end loop;
  update reconcile.outages
  set decided_ms = greatest(decided_ms, p_at_ms), touched_seq = p_seq, look_ms = -9000000000000000,
    closed = closed and reconcile.restored_ms(body_no) is not null,
    flags = case when v_was_closed and not (closed and reconcile.restored_ms(body_no) is not null)
      then reconcile.united(flags, array['reopened']) else flags end
  where outage_no = v_outage_no;
  return row(k, 'command', v_outage_no)::reconcile.taken;
end
$$;
comment on function reconcile.amend(reconcile.keys, bigint, bigint, jsonb) is
  'Takes a correction into an outage; the outcome is command, or why it is not carried out.';
