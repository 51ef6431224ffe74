-- A raw event is written once and hardly ever looked for by its place or its id: each of these indices cost the sink
-- more than the row itself. Where an event went is known by its id in oms.members, oms.witnesses, oms.late and
-- oms.unplaced, with its position on the log, by which the raw tables have an index. A call is looked for by its id
-- before it is correlated, so those of the call centre keep theirs.
drop index scada.events_geom_idx;
drop index kaifa.events_geom_idx;
drop index onu.events_geom_idx;
drop index call_center.events_geom_idx;
create index on scada.events using brin (geom);
create index on kaifa.events using brin (geom);
create index on onu.events using brin (geom);
create index on call_center.events using brin (geom);
drop index scada.events_source_event_id_idx;
drop index kaifa.events_source_event_id_idx;
drop index onu.events_source_event_id_idx;
