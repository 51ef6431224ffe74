import type { Admin, Kafka } from 'kafkajs';
import { installationOf, type TopicNames } from '../connections/topics.js';
import type { Database } from './database.js';

const PATIENCE_MS = 3000;
/** Those who ask often (a load balancer, several of them) share an answer. */
const KEPT_MS = 1000;

/** Says what the gateway cannot reach. */
export interface Readiness {
  /** What is missing, each a sentence; empty: nothing. */
  missing(): Promise<readonly string[]>;
  /** Which installation it is of: the id of Kafka's cluster and the prefix of its topics; null until Kafka has said it. */
  readonly installation: string | null;
}

/** Asks Kafka for the topics and the database for its schema. */
export class ServiceReadiness implements Readiness {
  #admin: Promise<Admin> | null = null;
  installation: string | null = null;
  #last: { readonly at: number; readonly missing: Promise<readonly string[]> } | null = null;

  constructor(
    private readonly kafka: Kafka,
    private readonly database: Database,
    private readonly topics: TopicNames,
  ) {}

  missing(): Promise<readonly string[]> {
    const now = Date.now();
    if (!this.#last || now - this.#last.at > KEPT_MS) this.#last = { at: now, missing: this.#ask() };
    return this.#last.missing;
  }

  async stop(): Promise<void> {
    const admin = await this.#admin?.catch(() => null);
    await admin?.disconnect().catch(() => undefined);
  }

  async #ask(): Promise<readonly string[]> {
    const answers = await Promise.all([inTime(this.#askKafka(), 'Kafka'), inTime(this.#askDatabase(), 'The database')]);
    return answers.filter((answer) => answer !== null);
  }

  async #askKafka(): Promise<string | null> {
    this.#admin ??= this.#connectAdmin();
    try {
      const admin = await this.#admin;
      this.installation ??= installationOf((await admin.describeCluster()).clusterId, this.topics);
      const there = new Set(await admin.listTopics());
      const missing = Object.values(this.topics).filter((topic) => !there.has(topic));
      return missing.length === 0 ? null : `Kafka has no topics ${missing.join(', ')}: create them with "oms topics".`;
    } catch (error) {
      const failed = this.#admin;
      this.#admin = null;
      void failed?.then((admin) => admin.disconnect()).catch(() => undefined);
      return `Kafka does not answer (${(error as Error).message}).`;
    }
  }

  async #connectAdmin(): Promise<Admin> {
    const admin = this.kafka.admin({ retry: { retries: 0 } });
    await admin.connect();
    return admin;
  }

  async #askDatabase(): Promise<string | null> {
    try {
      const [row] = await this.database.query<{ there: boolean }>(
        `select to_regclass('oms.outages') is not null and to_regclass('network.feeders') is not null as there`,
      );
      return row?.there ? null : 'The database has no schema: create it with "oms migrate".';
    } catch (error) {
      return (error as Error).message;
    }
  }
}

async function inTime(answer: Promise<string | null>, who: string): Promise<string | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`${who} does not answer within ${PATIENCE_MS / 1000} s.`), PATIENCE_MS);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
