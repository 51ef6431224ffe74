import { randomUUID } from 'node:crypto';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { beginsAsMarkup } from '../../operators/normalise/body-text.js';
import { MAX_VALUE_BYTES } from '../../operators/normalise/normalise.js';
import { answerError, errorAnswers, gatewayErrorOf, markError } from '../errors.js';
import type { Assessment } from './assessment.js';
import { json, readBytes, type Content } from './body.js';
import { acceptReports, INTAKE_ERRORS, READ_LATER, takeIn, type IntakeServices } from './intake.js';
import { TakenSchema } from './report.js';
import { soapFault, soapReply, type SoapError } from './soap.js';

const SOAP_TYPE = 'text/xml; charset=utf-8';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whether it is XML, and is answered so: by its type, or by its first bytes. */
    speaksXml: boolean;
  }
}

/** How head-end systems send XML: as such, with attachments, or without saying what it is. */
const XML: readonly Content[] = [
  { name: 'text/xml', types: /^(text|application)\/([\w.-]+\+)?xml$/, maxBytes: MAX_VALUE_BYTES },
  { name: 'multipart/related', types: /^multipart\/related$/, maxBytes: MAX_VALUE_BYTES },
  { name: 'none from a browser', types: null, maxBytes: MAX_VALUE_BYTES },
];

const KaifaEvent = Type.Object(
  { message_type: Type.String({ examples: ['3.26.0.47'] }), timestamp: Type.String({ description: 'ISO 8601' }) },
  { additionalProperties: true },
);
const Soap = Type.String({ description: 'an EventMessage of IEC 61968-100 with EndDeviceEvents, in SOAP or not' });
const Fault = Type.String({ description: 'a SOAP fault, to a request in XML' });
const Body = {
  content: {
    'text/xml': { schema: Soap },
    'application/soap+xml': { schema: Soap },
    'application/json': { schema: KaifaEvent },
  },
};
const Replies = {
  200: {
    description: 'The reply to a message in XML; refused events stand in it',
    content: { 'text/xml': { schema: Type.String() } },
  },
  202: Type.Intersect([TakenSchema, Type.Object({ messageId: Type.String() })]),
  ...Object.fromEntries(
    Object.entries(errorAnswers(...INTAKE_ERRORS)).map(([status, schema]) => [
      status,
      { ...schema, content: { 'application/json': { schema }, 'text/xml': { schema: Fault } } },
    ]),
  ),
};

/**
 * Meter events of the Kaifa head-end system: any path, since what the head-end has been configured with is not ours to
 * say; elsewhere only XML. Answered in the language of the request.
 */
export const kaifa: FastifyPluginAsyncTypebox<IntakeServices> = async (app, services) => {
  const { budget } = services;
  app.decorateRequest('speaksXml', false);
  app.addHook('onRequest', async (request) => {
    request.speaksXml = /\bxml\b|^multipart\/related\b/i.test(request.headers['content-type'] ?? '');
  });
  app.addHook('preValidation', async (request) => {
    request.speaksXml ||= beginsAsMarkup(request.bytes);
  });
  app.setErrorHandler((thrown, request, reply) => {
    if (!request.speaksXml) return answerError(thrown, request, reply);
    const error = gatewayErrorOf(thrown);
    if (error.code === 'OMS_INTERNAL') request.log.error({ err: thrown, url: request.url }, 'a request failed');
    const fault = soapFault(error.code, error.message, error.statusCode < 500);
    return markError(reply, error).type(SOAP_TYPE).send(fault);
  });

  app.register(async (own: FastifyInstance) => {
    readBytes(own, { contents: [...XML, json(MAX_VALUE_BYTES)], budget });
    own.post(
      '/kaifa',
      {
        config: { scope: 'open' },
        ...READ_LATER,
        schema: {
          summary: 'EndDeviceEvents of IEC 61968-9, SOAP or JSON',
          tags: ['ingest'],
          body: Body,
          response: Replies,
        },
      },
      (request, reply) => take(services, request, reply),
    );
  });

  app.register(async (elsewhere: FastifyInstance) => {
    readBytes(elsewhere, { contents: XML, budget, otherwise: (request) => app.noRoute(request) });
    elsewhere.post('/*', { config: { scope: 'open' }, schema: { hide: true } }, (request, reply) => {
      if (request.speaksXml) return take(services, request, reply);
      throw app.noRoute(request);
    });
  });
};

async function take(services: IntakeServices, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const given = messageIdOf(request);
  const messageId = given ?? randomUUID();
  const { speaksXml } = request;
  const taken = await takeIn(services, request, {
    source: 'kaifa',
    by: 'kaifa',
    what: 'kaifa',
    contentType: request.headers['content-type'] ?? (speaksXml ? 'text/xml' : 'application/json'),
    id: messageId,
    // A head-end tells of much that is no outage; refused, it would send it again for ever.
    publishAnyway: ['unknownCode'],
  });
  if (!speaksXml) return acceptReports(reply, taken, { messageId });
  const { receivedAt, assessment } = taken;
  const errors = soapErrors(assessment);
  const { accepted, rejectedByReason } = assessment;
  const isPart = accepted > 0 || rejectedByReason.unknownCode !== undefined;
  const answer = soapReply({
    messageId: randomUUID(),
    correlationId: given,
    at: receivedAt.toISOString(),
    result: errors.length === 0 ? 'OK' : isPart ? 'PARTIAL' : 'FAILED',
    errors,
  });
  return reply.type(SOAP_TYPE).send(answer);
}

/** What was not taken: an error each for those that are listed, and one for the others of each reason. */
function soapErrors({ refused, rejectedByReason }: Assessment): SoapError[] {
  const errors = refused.flatMap(({ reason, detail }) => ({ code: reason ?? '', details: detail ?? '' }));
  const others = Object.entries(rejectedByReason).flatMap(([code, count]) => {
    const more = count - refused.filter(({ reason }) => reason === code).length;
    return more === 0 ? [] : [{ code, details: `${more} more events were refused for this reason.` }];
  });
  return [...errors, ...others].filter(({ code }) => code !== 'unknownCode');
}

function messageIdOf({ headers }: FastifyRequest): string | null {
  const id = headers['x-message-id'] ?? headers['message-id'];
  return typeof id === 'string' && id !== '' ? id.slice(0, 256) : null;
}
