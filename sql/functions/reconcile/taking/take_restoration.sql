create or replace function reconcile.take_restoration(p_key reconcile.keys, p_event reconcile.queue, p_nth integer)
returns reconcile.taken
language plpgsql as $$
declare
  e reconcile.queue := p_event;
  v_from_ms bigint;
  v_bodies bigint[];
  v_outage_no bigint;
begin
  if e.reach <> 'point' then
    v_from_ms := reconcile.first_ended(p_key, e.t_ms);
    v_bodies := reconcile.restore_all(p_key, e.t_ms, v_from_ms, e.seq);
  else
    v_bodies := reconcile.restore_unit(p_key, e.unit, e.t_ms, e.seq);
    if e.is_customer then
      -- Its reporter may have been a unit of its own, when no customer was known.
      v_bodies := v_bodies || reconcile.restore_unit(p_key, E'\x01' || e.source || '/' || e.asset, e.t_ms, e.seq);
    end if;
  end if;
  if v_bodies <> '{}' then
    select outage_no into v_outage_no
    from reconcile.outages
    where body_no = any (v_bodies) and merged_into is null
    order by first_ms, outage_id
    limit 1;
  end if;
  perform reconcile.remember(p_key, e, p_nth, v_from_ms, case when v_bodies = '{}' then 'withoutEffect' else 'restoration' end,
    v_outage_no);
  return row(p_key, case when v_bodies = '{}' then 'withoutEffect' else 'restoration' end, v_outage_no)::reconcile.taken;
end
$$;
comment on function reconcile.take_restoration(reconcile.keys, reconcile.queue, integer) is
  'A restoration, the nth of an amend or 0, brings units back; of several outages that it concerns the first detected is named.';
