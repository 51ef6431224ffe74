create or replace view oms.events as
select 'scada'::text as source, scada.events.* from scada.events
union all
select 'kaifa'::text as source, kaifa.events.* from kaifa.events
union all
select 'onu'::text as source, onu.events.* from onu.events
union all
select 'call_center'::text as source, call_center.events.* from call_center.events;
comment on view oms.events is 'Placed events of all sources.';
comment on column oms.events.source is 'Source of the event.';
select oms.copy_column_comments('oms.placed_event', 'oms.events');
