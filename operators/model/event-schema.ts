import Type from 'typebox';
import { Count, EpochMs, Identity, Latitude, Longitude, nullable, Text } from './schema-parts.js';
import { EVENT_FLAGS } from './flags.js';
import { RECEIPT_FLAGS } from './receipt.js';
import { KINDS, REACHES } from './words.js';

/** What every form of an event says. */
const EventFields = {
  ...Identity,
  kind: Type.Enum([...KINDS]),
  type: Type.With(Text, {
    description: "the source's own word for it: last_gasp, BreakerTrip, ONU_LastGaspAlert, 3.26.0.47",
  }),
  assetId: nullable(Text),
  occurredAt: EpochMs,
  receivedAt: EpochMs,
};

/** One report after normalisation: what the field said, before the registry was asked. */
export const ReportedEventSchema = Type.Object({
  ...EventFields,
  otherAssetIds: Type.Array(Text, {
    description: "further assets that it names, asked in order when the first is unknown (an ONU's meters)",
  }),
  lat: nullable(Latitude),
  lon: nullable(Longitude),
  substationId: nullable(Text),
  feederId: nullable(Text),
  dpId: nullable(Text),
  reach: nullable(Type.Enum([...REACHES]), 'null: the registry decides'),
  placedByHand: Type.Optional(Type.Literal(true, { description: 'somebody said where it belongs, as nobody knew' })),
  coordinatesIgnored: Type.Optional(
    Type.Literal(true, { description: 'what it says of its coordinates is half of a place, 0/0, or none at all' }),
  ),
  receiptFlag: Type.Optional(
    Type.Enum([...RECEIPT_FLAGS], { description: 'what it was told to be received at does not count' }),
  ),
});

/** A report on the log of its key. */
export const PlacedEventSchema = Type.Object({
  ...EventFields,
  lat: Latitude,
  lon: Longitude,
  dpId: nullable(Text),
  reach: Type.Enum([...REACHES]),
  customerId: nullable(Text, 'whose meter, ONU or premise reports; null for an asset that serves no known customer'),
  feederCustomers: Type.With(Count, {
    description: 'all customers of the feeder by the registry at placing, for reach feeder and substation; else 0',
  }),
  flags: Type.Array(Text, { description: `what placing noticed: ${EVENT_FLAGS.join(', ')}` }),
});
