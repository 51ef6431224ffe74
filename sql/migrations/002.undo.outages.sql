-- loses: every outage with its members and history, and what was kept aside (oms.outages, oms.members, oms.timeline, oms.witnesses,
--   oms.unplaced, oms.late, oms.rejected)
drop schema oms cascade;
