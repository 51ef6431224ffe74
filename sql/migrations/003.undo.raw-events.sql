-- loses: raw events and commands, from which reconcile replays (scada.events, kaifa.events, onu.events, call_center.events,
--   oms.commands)
drop schema scada cascade;
drop schema kaifa cascade;
drop schema onu cascade;
drop schema call_center cascade;
drop table oms.commands;
drop table oms.placed_event;
