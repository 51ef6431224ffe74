create or replace function reconcile.keep_unplaced(p_run_id integer, p_event jsonb) returns void
language sql as $$
  insert into reconcile.unplaced (run_id, source, source_event_id, kind, asset_id, reason, detail, event)
  select p_run_id, p_event ->> 'source', p_event ->> 'sourceEventId', p_event ->> 'kind', coalesce(p_event ->> 'assetId', ''),
    case when p_event ? 'lat' then 'outsideNetwork' when ids.names is not null then 'unknownIds' else 'nothingToGoBy' end,
    case
      when p_event ? 'lat' then format('No distribution point lies within 500 m of %s, %s%s.', p_event ->> 'lat', p_event ->> 'lon',
        ', and the registry does not know ' || ids.names)
      when ids.names is not null then format('The registry does not know %s.', ids.names)
      else 'The event names no asset, distribution point or feeder and has no coordinates.'
    end,
    p_event
  from (
    select string_agg(format('%s "%s"', what, id), ', ' order by place) as names
    from (
      values (1, 'asset', p_event ->> 'assetId'), (2, 'distribution point', p_event ->> 'dpId'),
        (3, 'feeder', p_event ->> 'feederId'), (4, 'substation', p_event ->> 'substationId')) named (place, what, id)
    where id is not null) ids
  on conflict (run_id, source, source_event_id, kind, asset_id) do nothing
$$;
comment on function reconcile.keep_unplaced(integer, jsonb) is 'Keeps an event that cannot be placed, with the reason.';
