-- A status that nothing knows would be neither open nor over.
alter table oms.outages add constraint outages_status_known check (
  status in ('merged', 'cancelled', 'closed', 'restored', 'partially_restored', 'in_progress', 'confirmed', 'detected')
) not valid;
alter table oms.outages validate constraint outages_status_known;
