create extension if not exists postgis;

create schema network;
comment on schema network is 'The distribution network as imported: what the registry, the map and reports know of it.';

create table network.substations (
  substation_id text primary key,
  name text not null,
  voltage_kv double precision,
  geom geometry(Point, 4326) not null
);
comment on table network.substations is 'Substations: a transformer or busbar fault there concerns every feeder of it.';
comment on column network.substations.substation_id is 'Id of the substation; first part of the key of the log.';
comment on column network.substations.name is 'Name for people.';
comment on column network.substations.voltage_kv is 'Nominal voltage, kV.';
comment on column network.substations.geom is 'Where it is, WGS 84.';

create table network.feeders (
  feeder_id text primary key,
  substation_id text not null references network.substations,
  name text not null,
  geom geometry(Point, 4326) not null
);
comment on table network.feeders is 'Feeders; with its substation a feeder is the key of the log.';
comment on column network.feeders.feeder_id is 'Id of the feeder; second part of the key of the log.';
comment on column network.feeders.substation_id is 'The substation that feeds it.';
comment on column network.feeders.name is 'Name for people.';
comment on column network.feeders.geom is 'Where its head is, WGS 84.';

create table network.devices (
  device_id text primary key,
  type text not null check (type in ('breaker', 'recloser', 'switch', 'fuse')),
  feeder_id text not null references network.feeders,
  upstream_device_id text references network.devices deferrable initially deferred,
  phases text not null,
  normally_open boolean not null,
  geom geometry(Point, 4326) not null
);
comment on table network.devices is 'Switching devices, as a tree: opening one takes out all below it.';
comment on column network.devices.device_id is 'Id of the device.';
comment on column network.devices.type is 'breaker, recloser, switch or fuse.';
comment on column network.devices.feeder_id is 'The feeder it belongs to.';
comment on column network.devices.upstream_device_id is 'The next device towards the feeder head; null at the head.';
comment on column network.devices.phases is 'Phases it switches, such as ABC.';
comment on column network.devices.normally_open is 'True for a tie to another feeder.';
comment on column network.devices.geom is 'Where it is, WGS 84.';

create table network.sections (
  section_id text primary key,
  kind text not null check (kind in ('line', 'switch', 'xfmr')),
  feeder_id text not null references network.feeders,
  device_id text not null references network.devices,
  phases text not null,
  length_m double precision not null,
  geom geometry(LineString, 4326) not null
);
comment on table network.sections is 'Stretches of line, switches and transformers, as they are drawn.';
comment on column network.sections.section_id is 'Id of the section.';
comment on column network.sections.kind is 'line, switch or xfmr.';
comment on column network.sections.feeder_id is 'The feeder it belongs to.';
comment on column network.sections.device_id is 'The nearest device towards the feeder head.';
comment on column network.sections.phases is 'Phases, such as ABC.';
comment on column network.sections.length_m is 'Length, metres.';
comment on column network.sections.geom is 'Its course, WGS 84.';

create table network.distribution_points (
  dp_id text primary key,
  feeder_id text not null references network.feeders,
  device_id text not null references network.devices,
  kva double precision,
  phases text not null,
  geom geometry(Point, 4326) not null
);
comment on table network.distribution_points is 'Distribution points: service transformers with the customers behind them.';
comment on column network.distribution_points.dp_id is 'Id of the distribution point.';
comment on column network.distribution_points.feeder_id is 'The feeder it belongs to.';
comment on column network.distribution_points.device_id is 'The nearest device towards the feeder head.';
comment on column network.distribution_points.kva is 'Rated power, kVA.';
comment on column network.distribution_points.phases is 'Phases, such as A.';
comment on column network.distribution_points.geom is 'Where it is, WGS 84.';

create table network.customers (
  customer_id text primary key,
  dp_id text not null references network.distribution_points,
  meter_id text unique,
  onu_id text unique,
  priority text check (priority = 'critical'),
  geom geometry(Point, 4326) not null
);
comment on table network.customers is 'Customers: the unit that is out or back.';
comment on column network.customers.customer_id is 'Id of the customer.';
comment on column network.customers.dp_id is 'The distribution point that supplies the customer.';
comment on column network.customers.meter_id is 'The customer''s meter.';
comment on column network.customers.onu_id is 'The customer''s optical network unit, if there is one.';
comment on column network.customers.priority is 'critical: hospitals, pumps and the like; else null.';
comment on column network.customers.geom is 'Where the premise is, WGS 84.';

create index on network.substations using gist (geom);
create index on network.feeders using gist (geom);
create index on network.feeders (substation_id);
create index on network.devices using gist (geom);
create index on network.devices (feeder_id);
create index on network.devices (upstream_device_id);
create index on network.sections using gist (geom);
create index on network.sections (feeder_id);
create index on network.distribution_points using gist (geom);
create index on network.distribution_points (feeder_id);
create index on network.customers using gist (geom);
create index on network.customers (dp_id);

create table network.onu_meters (
  onu_id text primary key,
  meter_id text not null,
  mapped_at timestamptz not null default now()
);
comment on table network.onu_meters is 'ONUs that the imported network does not know, mapped to a meter through the API.';
comment on column network.onu_meters.onu_id is 'Id of the ONU.';
comment on column network.onu_meters.meter_id is 'The meter beside it.';
comment on column network.onu_meters.mapped_at is 'When it was mapped.';
