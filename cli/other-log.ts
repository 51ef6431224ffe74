import type { Environment } from '../connections/environment.js';
import { topicNames } from '../connections/topics.js';
import { beginAnew, otherLog, type OtherLog } from '../pipeline/sink/other-log.js';
import { requireConsent } from './terminal/consent.js';
import { withDatabase, withTopics } from '../connections/services.js';
import { say } from './terminal/talk.js';
import { inTransaction } from '../connections/postgres/transaction.js';

/** What says that Kafka's topics are not those that the database has read, or null. */
export function findOtherLog(environment: Environment): Promise<OtherLog | null> {
  return withDatabase(environment, (client) =>
    withTopics(environment, (admin) => otherLog(admin, client, topicNames(environment.topicPrefix))),
  );
}

/** `oms topics --begin-anew`: lets the sink begin anew on topics that are not those it has read, if somebody agrees. */
export async function acceptOtherLog(environment: Environment, yes: boolean): Promise<void> {
  const other = await findOtherLog(environment);
  if (other === null) {
    say('The topics are those that the database has read: nothing is to begin anew.');
    return;
  }
  say(other.message);
  await requireConsent('Keep what the database has, and write what is on the topics now?', yes);
  await withDatabase(environment, (client) =>
    withTopics(environment, (admin) =>
      inTransaction(client, () => beginAnew(admin, client, topicNames(environment.topicPrefix))),
    ),
  );
  say('The sink begins anew; what the database had stays.');
}
