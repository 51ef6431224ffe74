import Type from 'typebox';
import { Latitude, Longitude, nullable, Time } from '../model/schema-parts.js';
import { DEVICE_TYPES } from '../model/words.js';

/**
 * The network as the registry and the stream know it: IEC CIM's equipment, reduced to what placing an event needs.
 * Coordinates are WGS 84 degrees.
 */

const LONGEST_TEXT = 256;
/** What no id holds: control characters, half of a surrogate pair. */
const NOT_PRINTED = '\\u0000-\\u001f\\u007f\\ud800-\\udfff';

/** The pattern of a text that is not blank and can be printed, without some characters. */
function printable(without = ''): string {
  const no = NOT_PRINTED + without;
  return `^[^\\S${no}]*[^\\s${no}][^${no}]*$`;
}

const Name = Type.String({ maxLength: LONGEST_TEXT });

/** The id of something of the network. */
export const NetworkId = Type.String({
  minLength: 1,
  maxLength: LONGEST_TEXT,
  pattern: printable(),
  description: `an id: a text of 1 to ${LONGEST_TEXT} printable characters`,
});
const KeyId = Type.With(NetworkId, {
  pattern: printable('/'),
  description: 'an id without a slash, which separates the key',
});

const Place = { lat: Latitude, lon: Longitude };
const Quantity = Type.Number({ minimum: 0 });

/** A key that an element had until an import moved it to another. */
const FormerKeySchema = Type.Object({ substationId: KeyId, feederId: KeyId, movedAt: Time });

/** What whatever hangs on a feeder has besides, if it was moved of late. */
const Moved = {
  formerKeys: Type.Optional(
    Type.Array(FormerKeySchema, {
      description:
        'keys that it had, each until the import of that time, the earliest first; absent if it was not moved of late',
    }),
  ),
};

export const SubstationSchema = Type.Object({
  substationId: KeyId,
  name: Name,
  ...Place,
  voltageKv: nullable(Quantity),
});

export const FeederSchema = Type.Object({ feederId: KeyId, substationId: KeyId, name: Name, ...Place, ...Moved });

export const DeviceSchema = Type.Object({
  deviceId: NetworkId,
  type: Type.Enum([...DEVICE_TYPES]),
  feederId: KeyId,
  upstreamDeviceId: nullable(NetworkId, 'null at the feeder head'),
  ...Place,
  phases: Name,
  normallyOpen: Type.Boolean(),
  ...Moved,
});

export const DistributionPointSchema = Type.Object({
  dpId: NetworkId,
  feederId: KeyId,
  deviceId: nullable(NetworkId, 'null where nobody knows the devices of the feeder'),
  ...Place,
  kva: nullable(Quantity),
  phases: Name,
  ...Moved,
});

export const CustomerSchema = Type.Object({
  customerId: NetworkId,
  dpId: NetworkId,
  ...Place,
  meterId: nullable(NetworkId),
  onuId: nullable(NetworkId),
  priority: nullable(Type.Literal('critical')),
  ...Moved,
});

const OnuSchema = Type.Object({ onuId: NetworkId, meterId: NetworkId });

/** An element of a kind; its first field is its id. */
function element<K extends string, E extends Type.TObject>(kind: K, schema: E) {
  return Type.Object({ kind: Type.Literal(kind), element: schema });
}

/** By kind, the value of a record of `oms.network`. */
export const ELEMENT_SCHEMAS = {
  substation: element('substation', SubstationSchema),
  feeder: element('feeder', FeederSchema),
  device: element('device', DeviceSchema),
  distribution_point: element('distribution_point', DistributionPointSchema),
  customer: element('customer', CustomerSchema),
  onu: element('onu', OnuSchema),
};

const { substation, feeder, device, distribution_point, customer, onu } = ELEMENT_SCHEMAS;

/** The value of a record of `oms.network`, keyed by `kind/id`. */
export const NetworkRecordSchema = Type.Union([substation, feeder, device, distribution_point, customer, onu], {
  $id: 'NetworkRecord',
  description: 'an element of the network under KIND/ID, the first field of the element',
});
