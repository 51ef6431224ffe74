create or replace function reconcile.take_in(p_key reconcile.keys, p_outage_no bigint, p_event reconcile.queue, p_nth integer)
returns reconcile.keys
language plpgsql as $$
declare
  k reconcile.keys := reconcile.with_origin(p_key, p_event.lon);
  e reconcile.queue := p_event;
  o reconcile.outages;
begin
  select * into o from reconcile.outages where outage_no = p_outage_no;
  perform reconcile.admit(k, o, e, reconcile.rules_at(k.key_id, e.t_ms),
    6371008.771415 * cos(radians(e.lat)) * cos(radians(e.lon)),
    6371008.771415 * cos(radians(e.lat)) * sin(radians(e.lon)),
    6371008.771415 * sin(radians(e.lat)), reconcile.back_ms(k, e), p_nth);
  -- Whether it stays closed is seen when all are in.
  perform reconcile.note_joining(o, e, p_nth, false, true);
  if not reconcile.was_heard(k, e) then
    perform reconcile.remember(k, e, p_nth, null, 'member', p_outage_no);
  end if;
  return k;
end
$$;
comment on function reconcile.take_in(reconcile.keys, bigint, reconcile.queue, integer) is
  'Takes an outage event into an outage, wherever and however old it is: the nth of an amend.';
