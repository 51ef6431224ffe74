create or replace function reconcile.outage_named(p_key_id integer, p_command jsonb) returns bigint
language plpgsql stable parallel safe as $$
begin
  return coalesce(
    -- In event-time order another event may have opened it, under another id: it is the one that has the event.
    (select survivor.outage_no
    from reconcile.events e
    join reconcile.outages o on o.outage_no = e.outage_no
    join reconcile.outages survivor on survivor.outage_no = o.survivor_no
    where e.key_id = p_key_id and e.source = p_command -> 'openedBy' ->> 'source'
      and e.source_event_id = p_command -> 'openedBy' ->> 'sourceEventId' and e.outcome = 'member' and not survivor.is_settled),
    (select survivor_no
    from reconcile.outages
    where key_id = p_key_id and outage_id = (p_command ->> 'outageId')::uuid and not is_settled));
end
$$;
comment on function reconcile.outage_named(integer, jsonb) is
  'The outage that a command goes to: the one that has the event which opened the outage it names (openedBy), else the one of that id; null: none.';
