import type { Roster } from '../connections/roster.js';
import type { Environment } from '../connections/environment.js';
import type { TopicNames } from '../connections/topics.js';
import type { Answers } from './answers.js';
import type { Database } from './database.js';
import type { Audience } from './event-stream.js';
import type { Metrics } from './metrics.js';
import type { OutageFeed } from './outage-feed.js';
import type { Publisher } from './publisher.js';
import type { Readiness } from './readiness.js';
import type { NetworkLookup } from './stored-network.js';

/** What the routes work with. */
export interface Services {
  readonly environment: Environment;
  readonly topics: TopicNames;
  readonly publisher: Publisher;
  readonly database: Database;
  readonly network: NetworkLookup;
  readonly answers: Answers;
  readonly outageFeed: OutageFeed;
  /** Those who listen to ONU alarms. */
  readonly onuAlarms: Audience;
  readonly readiness: Readiness;
  /** The stages that were heard of. */
  readonly roster: Roster;
  readonly metrics: Metrics;
  /** What is the matter with what the gateway reads, a sentence each. */
  readonly complaints: () => readonly string[];
}
