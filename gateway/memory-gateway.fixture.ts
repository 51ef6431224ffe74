import type { FastifyInstance } from 'fastify';
import { Roster } from '../connections/roster.js';
import { readEnvironment } from '../connections/environment.js';
import { topicNames } from '../connections/topics.js';
import { Registry } from '../operators/network/registry.js';
import { Answers } from './answers.js';
import { buildApp } from './app.js';
import type { Database } from './database.js';
import { GatewayError } from './errors.js';
import { Audience } from './event-stream.js';
import { Metrics } from './metrics.js';
import { OutageFeed } from './outage-feed.js';
import type { OutgoingRecord, PublishedAt, Publisher } from './publisher.js';

/** When what follows happened. */
export const TIME = '2026-10-04T18:04:18.018Z';
/** An alarm as SCADA posts it. */
export const alarm = {
  eventType: 'BreakerTrip',
  substationId: 'S1',
  feederId: 'F1',
  mainStationId: '82001',
  alarmType: 'De-energized',
  timestamp: TIME,
  voltage: 0,
  deviceId: 'CB-1',
};
/** A canonical event. */
export const event = {
  source: 'kaifa',
  kind: 'outage',
  type: 'last_gasp',
  sourceEventId: 'K-1',
  assetId: 'M1',
  occurredAt: TIME,
};

class MemoryPublisher implements Publisher {
  readonly records: (OutgoingRecord & { readonly topic: string })[] = [];
  away = false;

  publish(topic: string, record: OutgoingRecord): Promise<PublishedAt> {
    if (this.away) return Promise.reject(new GatewayError('OMS_KAFKA_UNAVAILABLE', ['not connected']));
    return Promise.resolve({ partition: 0, offset: this.records.push({ topic, ...record }) - 1 });
  }
}

/** Answers every query with the same rows. */
class OneAnswerDatabase implements Database {
  rows: object[] = [];

  query<Row>(): Promise<Row[]> {
    return Promise.resolve(this.rows as Row[]);
  }

  transaction<T>(work: (query: Database['query']) => Promise<T>): Promise<T> {
    return work(() => this.query());
  }
}

export const topics = topicNames();

/** The gateway's app, with Kafka and database in memory. */
export class MemoryGateway {
  readonly publisher = new MemoryPublisher();
  readonly database = new OneAnswerDatabase();
  /** The network in use. */
  registry = new Registry();
  /** What `/ready` says is missing. */
  missing: string[] = [];
  complaints: string[] = [];
  readonly app: FastifyInstance;

  constructor() {
    this.app = buildApp({
      environment: readEnvironment({ OMS_ANSWER_TIMEOUT_MS: '20', OMS_BODY_LIMIT_MB: '2' }),
      topics,
      publisher: this.publisher,
      database: this.database,
      network: { registryFor: () => Promise.resolve(this.registry) },
      answers: new Answers(topics),
      outageFeed: new OutageFeed(this.database),
      onuAlarms: new Audience(),
      readiness: { missing: () => Promise.resolve(this.missing), installation: 'cluster/oms.events' },
      roster: new Roster([]),
      complaints: () => this.complaints,
      metrics: new Metrics(),
    });
  }

  /** What was published, and what the database knows. */
  forget(): void {
    this.publisher.records.length = 0;
    this.database.rows = [];
  }

  get(url: string) {
    return this.app.inject({ method: 'GET', url });
  }

  post(url: string, payload: string | object, headers: Record<string, string> = {}) {
    return this.app.inject({ method: 'POST', url, headers, payload });
  }
}
