-- A feeder of which only transformers and customers are known is worth having.
alter table network.sections alter column device_id drop not null;
alter table network.distribution_points alter column device_id drop not null;
comment on column network.sections.device_id is
  'The nearest device towards the feeder head; null where nobody knows the devices of the feeder.';
comment on column network.distribution_points.device_id is
  'The nearest device towards the feeder head; null where nobody knows the devices of the feeder.';
