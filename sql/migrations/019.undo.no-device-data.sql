-- loses: transformers without a device, with their customers, and sections (network.distribution_points where device_id is null,
--   network.sections where device_id is null)
delete from network.customers c
using network.distribution_points p
where p.dp_id = c.dp_id and p.device_id is null;
delete from network.distribution_points where device_id is null;
delete from network.sections where device_id is null;
alter table network.sections alter column device_id set not null;
alter table network.distribution_points alter column device_id set not null;
comment on column network.sections.device_id is 'The nearest device towards the feeder head.';
comment on column network.distribution_points.device_id is 'The nearest device towards the feeder head.';
