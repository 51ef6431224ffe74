-- Where an outage is open, whoever comes back must be known under the key that it had when it went.
alter table network.feeders add column former_keys jsonb;
alter table network.devices add column former_keys jsonb;
alter table network.distribution_points add column former_keys jsonb;
alter table network.customers add column former_keys jsonb;
comment on column network.feeders.former_keys is
  'Keys it had of late, each until the import of movedAt, the earliest first: [{substationId, feederId, movedAt}]; null if none.';
comment on column network.devices.former_keys is
  'Keys it had of late, each until the import of movedAt, the earliest first: [{substationId, feederId, movedAt}]; null if none.';
comment on column network.distribution_points.former_keys is
  'Keys it had of late, each until the import of movedAt, the earliest first: [{substationId, feederId, movedAt}]; null if none.';
comment on column network.customers.former_keys is
  'Keys it had of late, each until the import of movedAt, the earliest first: [{substationId, feederId, movedAt}]; null if none.';
