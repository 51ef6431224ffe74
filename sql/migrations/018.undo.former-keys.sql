-- loses: keys that elements of the network had of late (network.feeders where former_keys is not null, network.devices
--   where former_keys is not null, network.distribution_points where former_keys is not null, network.customers where
--   former_keys is not null)
alter table network.customers drop column former_keys;
alter table network.distribution_points drop column former_keys;
alter table network.devices drop column former_keys;
alter table network.feeders drop column former_keys;
