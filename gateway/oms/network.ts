import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { errorAnswers } from '../errors.js';
import type { Services } from '../services.js';
import { NetworkSummarySchema, type NetworkSummary } from './network-summary.js';

type Feeder = NetworkSummary['feeders'][number];
type TotalRow = Omit<NetworkSummary, 'feeders'>;

/** The network in brief: where it lies, and its feeders. */
export const network: FastifyPluginAsyncTypebox<Services> = async (app, { database }) => {
  app.get(
    '/api/oms/network',
    {
      config: { scope: 'open' },
      schema: {
        summary: 'The network in brief',
        tags: ['network'],
        response: { 200: NetworkSummarySchema, ...errorAnswers('OMS_DATABASE_UNAVAILABLE') },
      },
    },
    async () => {
      const [feeders, [total]] = await Promise.all([
        database.query<Feeder>(
          `select f.feeder_id as "feederId", f.substation_id as "substationId", f.name,
             coalesce(sum(served.customers), 0)::int as customers
           from network.feeders f
           left join (
             select d.feeder_id, count(*) as customers
             from network.customers c join network.distribution_points d on d.dp_id = c.dp_id
             group by d.feeder_id
           ) as served on served.feeder_id = f.feeder_id
           group by f.feeder_id
           order by f.substation_id, f.feeder_id`,
        ),
        database.query<TotalRow>(
          `select (select count(*)::int from network.substations) as substations,
             (select count(*)::int from network.customers) as customers,
             case when box is not null then json_build_object(
               'minLat', st_ymin(box), 'minLon', st_xmin(box), 'maxLat', st_ymax(box), 'maxLon', st_xmax(box)
             ) end as bounds
           from (
             select st_extent(geom) as box
             from (
               select geom from network.substations
               union all select geom from network.feeders
               union all select geom from network.distribution_points
               union all select geom from network.sections
             ) as everything
           ) as extent`,
        ),
      ]);
      const { bounds = null, substations = 0, customers = 0 } = total ?? {};
      return { bounds, substations, feeders, customers };
    },
  );
};
