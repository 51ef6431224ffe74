-- loses: the network (network.substations, network.feeders, network.devices, network.distribution_points, network.customers)
drop schema network cascade;
