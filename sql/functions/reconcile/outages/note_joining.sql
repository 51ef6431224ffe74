create or replace function reconcile.note_joining(
  p_outage reconcile.outages, p_event reconcile.queue, p_nth integer, p_was_closed boolean, p_back boolean
) returns void
language plpgsql as $$
declare
  v_closed boolean := p_outage.closed and p_back;
  v_flags text[] := p_outage.flags;
begin
  if p_was_closed and not v_closed then
    v_flags := reconcile.united(v_flags, array['reopened']);
  end if;
  if p_event.clock_suspect then
    v_flags := reconcile.united(v_flags, array['clockSuspect']);
  end if;
  if p_event.flags <> '{}' then
    v_flags := reconcile.united(v_flags, p_event.flags);
  end if;
  if v_closed <> p_outage.closed or v_flags <> p_outage.flags then
    update reconcile.outages set closed = v_closed, flags = v_flags where outage_no = p_outage.outage_no;
  end if;
  if p_event.reach = 'substation' then
    perform reconcile.note_incident(p_outage.outage_no, p_event.t_ms, p_event.seq, p_nth, p_event.source, p_event.asset_id,
      p_event.source_event_id);
  end if;
end
$$;
comment on function reconcile.note_joining(reconcile.outages, reconcile.queue, integer, boolean, boolean) is
  'What a member means for its outage besides being one: reopened, flags, incident.';
