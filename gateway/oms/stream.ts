import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { EVENT_STREAM, EventStream } from '../event-stream.js';
import type { Services } from '../services.js';

/** Outages as they change. */
export const stream: FastifyPluginAsyncTypebox<Services> = async (app, { outageFeed, metrics }) => {
  app.get(
    '/api/oms/stream',
    {
      schema: {
        summary: 'Outage records as they change (server-sent events); resumes by Last-Event-ID',
        tags: ['outages'],
        response: EVENT_STREAM,
      },
      config: { scope: 'open', endless: true },
      exposeHeadRoute: false,
    },
    async (request, reply) => {
      const lastEventId = request.headers['last-event-id'];
      const events = new EventStream(reply);
      metrics.listeners.inc({ stream: 'outages' });
      events.onClose(() => metrics.listeners.dec({ stream: 'outages' }));
      try {
        await outageFeed.attach(events, typeof lastEventId === 'string' ? lastEventId : null);
      } catch (error) {
        // What was missed cannot be told now: the client comes back and asks again.
        request.log.warn({ err: error }, 'a live stream could not be resumed');
        events.end();
      }
    },
  );
};
