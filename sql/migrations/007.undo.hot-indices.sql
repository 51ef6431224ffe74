-- loses: nothing
drop index scada.events_geom_idx;
drop index kaifa.events_geom_idx;
drop index onu.events_geom_idx;
drop index call_center.events_geom_idx;
create index on scada.events using gist (geom);
create index on kaifa.events using gist (geom);
create index on onu.events using gist (geom);
create index on call_center.events using gist (geom);
create index on scada.events (source_event_id);
create index on kaifa.events (source_event_id);
create index on onu.events (source_event_id);
