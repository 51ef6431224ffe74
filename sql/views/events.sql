do $$
begin
  execute 'create or replace view oms.events as ' || (
    select string_agg(format('select %1$L::text as source, %1$I.events.* from %1$I.events', source), ' union all ' order by number)
    from oms.sources);
end
$$;
comment on view oms.events is 'Placed events of all sources.';
comment on column oms.events.source is 'Source of the event.';
select oms.copy_column_comments('oms.placed_event', 'oms.events');
