import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HTTP_ERRORS } from '../connections/http-errors.js';
import { MemoryGateway } from './memory-gateway.fixture.js';

interface Operation {
  readonly parameters?: readonly { name: string; required?: boolean; schema: Record<string, unknown> }[];
  readonly responses: Readonly<Record<string, { content?: Readonly<Record<string, { schema: object }>> }>>;
}

const gateway = new MemoryGateway();
let paths: Record<string, Record<string, Operation>>;

beforeAll(async () => {
  paths = (await gateway.get('/openapi.json')).json().paths;
});
afterAll(() => gateway.app.close());

const ID = 'efb2224e-3262-5fcd-9429-50e27f3a8f77';

it('names every route but the page and what takes any path', () => {
  expect(Object.keys(paths).sort()).toEqual([
    '/api/oms/events',
    '/api/oms/events/correlate',
    '/api/oms/network',
    '/api/oms/outages',
    '/api/oms/outages/{id}',
    '/api/oms/outages/{id}/commands',
    '/api/oms/read',
    '/api/oms/stream',
    '/api/onu/alarms',
    '/api/onu/map-meter',
    '/call-center-ticket-generator',
    '/health',
    '/kaifa',
    '/metrics',
    '/onu-event',
    '/ready',
    '/scada-mock-generator',
    '/tiles/network/{z}/{x}/{y}.mvt',
    '/trouble-call/intake',
    '/trouble-call/status',
  ]);
});

it.each([
  ['/api/oms/outages', 'get', ['200', '400', '500', '503']],
  ['/api/oms/outages/{id}', 'get', ['200', '400', '404', '500', '503']],
  ['/api/oms/outages/{id}/commands', 'post', ['202', '400', '404', '413', '415', '500', '503']],
  ['/api/oms/events', 'post', ['202', '400', '413', '415', '500', '503']],
  ['/api/oms/events/correlate', 'post', ['200', '202', '400', '413', '415', '500', '503']],
  ['/api/oms/read', 'post', ['200', '400', '413', '500', '503']],
  ['/kaifa', 'post', ['200', '202', '400', '413', '415', '500', '503']],
  ['/tiles/network/{z}/{x}/{y}.mvt', 'get', ['200', '304', '400', '500', '503']],
  ['/health', 'get', ['200', '500']],
  ['/ready', 'get', ['200', '500', '503']],
])('names every status of %s', (path, method, statuses) => {
  expect(Object.keys(paths[path]![method]!.responses).sort()).toEqual(statuses);
});

it('says of each error its codes, which are those of its status', () => {
  const errors = Object.values(paths)
    .flatMap((methods) => Object.values(methods))
    .flatMap(({ responses }) => Object.entries(responses))
    .flatMap(([status, { content = {} }]) => Object.values(content).map(({ schema }) => ({ status, schema })))
    .flatMap(({ status, schema }) => codesIn(schema).map((code) => ({ status: Number(status), code })));
  expect(errors.length).toBeGreaterThan(50);
  for (const { status, code } of errors) expect(HTTP_ERRORS).toMatchObject({ [code]: { statusCode: status } });
});

function codesIn(schema: object): readonly string[] {
  return (schema as { properties?: { code?: { enum?: readonly string[] } } }).properties?.code?.enum ?? [];
}

it('says of what form parameters are, and which of them may be left out', () => {
  const parametersOf = (path: string) =>
    Object.fromEntries(
      paths[path]!.get!.parameters!.map(({ name, required = false, schema }) => [name, { ...schema, required }]),
    );
  expect(parametersOf('/api/oms/outages')).toMatchObject({
    limit: { type: 'integer', minimum: 1, maximum: 1000, default: 100, required: false },
    since: { type: 'string', format: 'date-time', required: false },
  });
  expect(parametersOf('/api/oms/outages/{id}')).toMatchObject({ id: { format: 'uuid', required: true } });
  expect(parametersOf('/tiles/network/{z}/{x}/{y}.mvt')).toMatchObject({
    z: { type: 'integer', minimum: 0, maximum: 22 },
    x: { type: 'integer', minimum: 0 },
  });
});

describe('an error', () => {
  const post = (url: string, body: object) => gateway.post(url, body);
  it.each([
    ['/api/oms/outages', () => gateway.get('/api/oms/outages?limit=0')],
    ['/api/oms/outages', () => gateway.get('/api/oms/outages?cursor=x')],
    ['/api/oms/outages/{id}', () => gateway.get(`/api/oms/outages/${ID}`)],
    ['/trouble-call/status', () => gateway.get('/trouble-call/status?ticketId=x')],
    ['/api/oms/events', () => post('/api/oms/events', {})],
    ['/api/oms/read', () => post('/api/oms/read?source=moon', {})],
    ['/api/oms/events/correlate', () => post('/api/oms/events/correlate', { event_type: 'moon' })],
    [
      '/api/oms/outages/{id}/commands',
      () => post(`/api/oms/outages/${ID}/commands`, { command: 'confirm', author: 'a' }),
    ],
    ['/kaifa', () => gateway.post('/kaifa', 'x', { 'content-type': 'application/json' })],
    ['/scada-mock-generator', () => gateway.post('/scada-mock-generator', 'x', { 'content-type': 'text/plain' })],
  ])('of %s is of the form that it is said to be', async (path, ask) => {
    const answer = await ask();
    const [operation] = Object.values(paths[path]!);
    const { schema } = operation!.responses[answer.statusCode]!.content!['application/json']!;
    expect(answer.statusCode).toBeGreaterThanOrEqual(400);
    expect(new Ajv({ strict: false }).validate(schema, answer.json())).toBe(true);
  });
});
