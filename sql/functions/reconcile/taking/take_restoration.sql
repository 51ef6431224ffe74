create or replace function reconcile.take_restoration(p_key reconcile.keys, p_event reconcile.queue) returns reconcile.taken
language plpgsql as $$
declare
  e reconcile.queue := p_event;
  v_bodies bigint[];
  v_outage_no bigint;
begin
  v_bodies := case e.reach
    when 'point' then reconcile.restore_unit(p_key, e.unit, e.t_ms, e.seq)
    else reconcile.restore_all(p_key, e.t_ms, e.seq)
  end;
  if v_bodies = '{}' then
    return row(p_key, 'withoutEffect', null)::reconcile.taken;
  end if;
  select outage_no into v_outage_no
  from reconcile.outages
  where body_no = any (v_bodies) and merged_into is null
  order by first_ms, outage_id
  limit 1;
  return row(p_key, 'restoration', v_outage_no)::reconcile.taken;
end
$$;
comment on function reconcile.take_restoration(reconcile.keys, reconcile.queue) is
  'A restoration brings units back; of several outages that it concerns the first detected is named.';
