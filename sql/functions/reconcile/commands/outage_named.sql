create or replace function reconcile.outage_named(p_key_id integer, p_command jsonb) returns bigint
language plpgsql stable parallel safe as $$
begin
  return coalesce(
    reconcile.living(p_key_id, (p_command ->> 'outageId')::uuid),
    -- In event-time order another event may have opened it, under another id: it is the one that has the event.
    (select survivor.outage_no
    from reconcile.reports e
    join reconcile.outages o on o.outage_no = e.outage_no
    join reconcile.outages survivor on survivor.outage_no = o.survivor_no
    where e.key_id = p_key_id and e.source = p_command -> 'openedBy' ->> 'source' and e.kind = 'outage'
      and e.source_event_id = p_command -> 'openedBy' ->> 'sourceEventId' and e.outcome = 'member' and not survivor.is_settled
      -- Older records do not name asset and time.
      and (not p_command -> 'openedBy' ? 't' or e.asset_id is not distinct from p_command -> 'openedBy' ->> 'assetId'
        and e.t_ms = reconcile.ms_of((p_command -> 'openedBy' ->> 't')::timestamptz))
    order by e.seq desc, e.nth desc
    limit 1));
end
$$;
comment on function reconcile.outage_named(integer, jsonb) is
  'The outage that a command goes to: that of the id it names, or, in event-time order (openedBy), the one that has the event which opened it; null: none.';
