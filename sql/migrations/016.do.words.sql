-- A word that nothing knows would be counted and shown as what it is not.
alter table oms.timeline add constraint timeline_what_known check (
  what in ('opened', 'status', 'merged', 'absorbed', 'reopened', 'amend', 'crewLeft', 'confirm', 'cancel', 'acknowledge', 'crew',
    'etr', 'note', 'restore', 'close')
) not valid;
alter table oms.timeline validate constraint timeline_what_known;

alter table oms.rejected add constraint rejected_reason_known check (
  reason in ('noValue', 'tooLarge', 'notJson', 'notXml', 'forbiddenXml', 'wrongShape', 'missingField', 'unknownSource',
    'unknownKind', 'unknownCode', 'badTime', 'badLatitude', 'badLongitude', 'badId', 'unknownOutage', 'cancelledOutage', 'noMembers',
    'operatorFailed', 'sinkFailed')
) not valid;
alter table oms.rejected validate constraint rejected_reason_known;
alter table reconcile.commands add constraint commands_rejected_known check (
  rejected in ('unknownOutage', 'cancelledOutage', 'noMembers')
);

alter table oms.unplaced add constraint unplaced_reason_known check (
  reason in ('unknownIds', 'outsideNetwork', 'nothingToGoBy')
) not valid;
alter table oms.unplaced validate constraint unplaced_reason_known;
alter table reconcile.unplaced add constraint unplaced_reason_known check (
  reason in ('unknownIds', 'outsideNetwork', 'nothingToGoBy')
);

alter table oms.late add constraint late_reason_known check (reason in ('receivedTooLate', 'behindWatermark')) not valid;
alter table oms.late validate constraint late_reason_known;
alter table reconcile.late add constraint late_reason_known check (reason in ('receivedTooLate', 'behindWatermark'));
