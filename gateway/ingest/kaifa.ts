import { randomUUID } from 'node:crypto';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { GatewayError, gatewayErrorOf, markError } from '../errors.js';
import type { Services } from '../services.js';
import { readBytes } from './body.js';
import { takeIn } from './intake.js';
import { soapFault, soapReply } from './soap.js';

const SOAP_TYPE = 'text/xml; charset=utf-8';

/**
 * Meter events of the Kaifa head-end system: any path, since what the head-end has been configured with is not ours to
 * say; elsewhere only XML. Answered in the language of the request.
 */
export const kaifa: FastifyPluginAsyncTypebox<Services> = async (app, services) => {
  readBytes(app);

  app.setErrorHandler((thrown, request, reply) => {
    const error = gatewayErrorOf(thrown, app.initialConfig.bodyLimit ?? 0);
    if (error.code === 'OMS_INTERNAL') request.log.error({ err: thrown, url: request.url }, 'a request failed');
    markError(reply, error);
    if (!isXml(request)) return reply.send({ code: error.code, message: error.message, ...error.details });
    return reply.type(SOAP_TYPE).send(soapFault(error.code, error.message, error.statusCode < 500));
  });

  async function take(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const given = messageIdOf(request);
    const messageId = given ?? randomUUID();
    const xml = isXml(request);
    const { taken } = await takeIn(services, request, {
      source: 'kaifa',
      by: 'kaifa',
      what: 'kaifa',
      contentType: request.headers['content-type'] ?? (xml ? 'text/xml' : 'application/json'),
      id: messageId,
      // A head-end tells of much that is no outage; refused, it would send it again for ever.
      publishAnyway: ['unknownCode'],
    });
    if (!xml) return reply.code(202).send({ ...taken, messageId });
    const { receivedAt: at, rejected, accepted, events } = taken;
    const errors = events.flatMap(({ reason, detail }) =>
      reason === undefined || reason === 'unknownCode' ? [] : [{ code: reason, details: detail ?? '' }],
    );
    const result = errors.length === 0 ? 'OK' : accepted > 0 || rejected > errors.length ? 'PARTIAL' : 'FAILED';
    const answer = soapReply({ messageId: randomUUID(), correlationId: given, at, result, errors });
    return reply.type(SOAP_TYPE).send(answer);
  }

  app.post(
    '/kaifa',
    { schema: { summary: 'EndDeviceEvents of IEC 61968-9, SOAP or JSON', tags: ['ingest'] } },
    (request, reply) => take(request, reply),
  );

  app.post('/*', { schema: { hide: true } }, (request, reply) => {
    if (isXml(request)) return take(request, reply);
    throw new GatewayError('OMS_NO_ROUTE', [`POST ${request.url.split('?')[0]!}`]);
  });
};

function isXml(request: FastifyRequest): boolean {
  if (/\bxml\b/i.test(request.headers['content-type'] ?? '')) return true;
  return request.bytes.subarray(0, 100).toString().trimStart().startsWith('<');
}

function messageIdOf({ headers }: FastifyRequest): string | null {
  const id = headers['x-message-id'] ?? headers['message-id'];
  return typeof id === 'string' && id !== '' ? id.slice(0, 256) : null;
}
