-- loses: nothing
alter table oms.timeline drop constraint timeline_what_known;
alter table oms.rejected drop constraint rejected_reason_known;
alter table reconcile.commands drop constraint commands_rejected_known;
alter table oms.unplaced drop constraint unplaced_reason_known;
alter table reconcile.unplaced drop constraint unplaced_reason_known;
alter table oms.late drop constraint late_reason_known;
alter table reconcile.late drop constraint late_reason_known;
