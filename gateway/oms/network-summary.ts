import Type from 'typebox';

const Bounds = Type.Object({
  minLat: Type.Number(),
  minLon: Type.Number(),
  maxLat: Type.Number(),
  maxLon: Type.Number(),
});

const Feeder = Type.Object({
  feederId: Type.String(),
  substationId: Type.String(),
  name: Type.String(),
  customers: Type.Integer(),
});

/** The network in brief, as the API tells it and the page reads it. */
export const NetworkSummarySchema = Type.Object({
  bounds: Type.Union([Bounds, Type.Null()], { description: 'null: no network has been imported' }),
  substations: Type.Integer(),
  feeders: Type.Array(Feeder),
  customers: Type.Integer(),
});
export type NetworkSummary = Type.Static<typeof NetworkSummarySchema>;
