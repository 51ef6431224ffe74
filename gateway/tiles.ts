import { createHash } from 'node:crypto';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { errorAnswers, GatewayError } from './errors.js';
import type { Services } from './services.js';

const MAX_ZOOM = 22;
const Place = Type.Integer({ minimum: 0, maximum: 2 ** MAX_ZOOM - 1 });
const Address = Type.Object({ z: Type.Integer({ minimum: 0, maximum: MAX_ZOOM }), x: Place, y: Place });
const TILE_TYPE = 'application/vnd.mapbox-vector-tile';
const Tile = {
  200: { description: 'The tile; empty where there is nothing', content: { [TILE_TYPE]: { schema: {} } } },
  304: { description: 'It is as the caller has it (If-None-Match)', type: 'null' },
  ...errorAnswers('OMS_BAD_REQUEST', 'OMS_BAD_TILE', 'OMS_DATABASE_UNAVAILABLE'),
};
/** Devices and distribution points show close in only: a tile of a whole county would be megabytes of them. */
const DEVICES_FROM_ZOOM = 10;
const POINTS_FROM_ZOOM = 12;

const layer = (name: string, columns: string, fromZoom = 0): string => `
  select st_asmvt(tile, '${name}') as mvt
  from (
    select ${columns}, st_asmvtgeom(st_transform(geom, 3857), area.square, 4096, 64, true) as geom
    from network.${name}, area
    where $1 >= ${fromZoom} and network.${name}.geom && area.around
  ) as tile
  where geom is not null`;

const TILE = `
  with area as (
    select st_tileenvelope($1, $2, $3) as square,
      st_transform(st_tileenvelope($1, $2, $3, margin => 0.016), 4326) as around
  )
  select string_agg(mvt, ''::bytea) as tile
  from (
    ${layer('sections', 'section_id, kind, feeder_id, phases')}
    union all
    ${layer('distribution_points', 'dp_id, feeder_id, kva, phases', POINTS_FROM_ZOOM)}
    union all
    ${layer('devices', 'device_id, type, feeder_id, normally_open, phases', DEVICES_FROM_ZOOM)}
    union all
    ${layer('substations', 'substation_id, name, voltage_kv')}
  ) as layers`;

/** The network as vector tiles, for the map. */
export const tiles: FastifyPluginAsyncTypebox<Services> = async (app, { database }) => {
  app.get(
    '/tiles/network/:z/:x/:y.mvt',
    {
      config: { scope: 'open' },
      schema: { summary: 'A vector tile of the network', tags: ['network'], params: Address, response: Tile },
    },
    async (request, reply) => {
      const { z, x, y } = request.params;
      if (Math.max(x, y) >= 2 ** z) throw new GatewayError('OMS_BAD_TILE', [`${z}/${x}/${y}`]);
      const rows = await database.query<{ tile: Buffer | null }>(TILE, [z, x, y]);
      const tile = rows[0]?.tile ?? Buffer.alloc(0);
      const etag = `"${createHash('sha256').update(tile).digest('base64url').slice(0, 22)}"`;
      reply.header('cache-control', 'public, max-age=60, stale-while-revalidate=600').header('etag', etag);
      if (request.headers['if-none-match']?.includes(etag)) return reply.code(304).send();
      return reply.type(TILE_TYPE).send(tile);
    },
  );
};
