import { setTimeout as delay } from 'node:timers/promises';
import { BEAT_EVERY_MS } from '../connections/beat.js';
import { Roster } from '../connections/roster.js';
import type { Environment } from '../connections/environment.js';
import { STAGES, topicNames, type StageName } from '../connections/topics.js';
import { countOwnerless } from '../streams/kafka/admin.js';
import { lags, thoseWithRecords, type Lag } from './lags.js';
import { inKafkaWords, withReader, withTopics } from '../connections/services.js';
import { OmsError } from '../connections/errors.js';

/** Do the stages get on? Looked at for some seconds: a number says nothing, whether it moves says much. */

/** Every process beats at least once meanwhile, also on a busy machine. */
const WATCH_MS = BEAT_EVERY_MS + 2000;
/** A lag that grows is one of a storm that is too much, above this many records. */
const MANY = 10_000;
const MUCH_MORE = 1000;

/** What was seen of the stages while they were watched. */
export interface Watched {
  readonly before: readonly Lag[];
  readonly after: readonly Lag[];
  readonly roster: Roster;
}

/** Watches the stages for some seconds. */
export async function watchStages(environment: Environment): Promise<Watched> {
  const topic = topicNames(environment.topicPrefix).beats;
  const [from, before] = await Promise.all([
    withTopics(environment, async (admin) => {
      const ends = await admin.fetchTopicOffsets(topic);
      return Number(ends.find(({ partition }) => partition === 0)!.high);
    }),
    lags(environment),
  ]);
  await delay(WATCH_MS);
  const roster = new Roster(STAGES, -Infinity);
  await withReader(environment, (reader) =>
    reader.read(topic, 0, from, null, ({ value }) => hearIfReadable(roster, value)),
  );
  return { before, after: await lags(environment), roster };
}

/**
 * Has each stage a process, and each partition an owner?
 * @throws Error naming the groups that have not
 */
export async function checkGroups(environment: Environment): Promise<string> {
  const { topicPrefix } = environment;
  const topics = topicNames(topicPrefix);
  const groupOf = (stage: StageName): string => `${topicPrefix}oms-${stage}`;
  const { groups } = await withTopics(environment, (admin) =>
    admin.describeGroups(STAGES.map((stage) => groupOf(stage))),
  );
  // In an order of their own.
  const members = new Map(groups.map((group) => [group.groupId, group.members.length] as const));
  const empty = STAGES.filter((stage) => !members.get(groupOf(stage)));
  if (empty.length > 0)
    throw new OmsError(
      'OMS_STAGE_UNATTENDED',
      `Nobody is in the group of ${empty.join(', ')}: start with "oms pipeline --stages ${empty.join(',')}".`,
    );
  // What each group shares out: the first of its topics, with which the same partitions of the others go.
  const shared = { place: topics.scada, correlate: topics.events, policies: topics.outages, sink: topics.events };
  for (const stage of STAGES) {
    const ownerless = await inKafkaWords(environment, (brokers) =>
      countOwnerless(brokers, groupOf(stage), [shared[stage]]),
    );
    if (ownerless)
      throw new OmsError(
        'OMS_STAGE_UNATTENDED',
        `${ownerless} partitions of ${shared[stage]} have no owner in the group of ${stage}: restart it.`,
      );
  }
  const count = [...members.values()].reduce((sum, one) => sum + one, 0);
  return `${count} members in ${STAGES.length} groups`;
}

/**
 * Does what is behind move?
 * @throws Error naming what stands, or grows
 */
export async function judgeLag(environment: Environment, { before, after }: Watched): Promise<string> {
  const suspects = STAGES.flatMap((stage) => {
    const ofStage = before.filter((one) => one.stage === stage);
    const still = ofStage.filter((one) => one.behind > 0 && atOf(after, one) === one.at);
    // Where partitions are taken in the order of time, one that is ahead waits for the others.
    return stage === 'place' && ofStage.some((one) => atOf(after, one) > one.at) ? [] : still;
  });
  const standing = (await thoseWithRecords(environment, suspects)).map(
    (one) => `${one.stage} stands ${one.behind} behind on ${placeOf(one)}`,
  );
  if (standing.length > 0)
    throw new OmsError('OMS_STAGE_STANDS', `${standing.join('; ')}: see what its process says, and restart it.`);
  for (const stage of STAGES) {
    const [was, is] = [before, after].map((lag) => sumOf(lag.filter((one) => one.stage === stage)));
    if (is! > MANY && is! > was! + MUCH_MORE)
      throw new OmsError(
        'OMS_STAGE_BEHIND',
        `${stage} is ${is} behind, ${is! - was!} more than ${WATCH_MS / 1000} s before: start more of it.`,
      );
  }
  const worst = after.reduce((a, b) => (b.behind > a.behind ? b : a));
  return `${worst.stage} is ${worst.behind} behind on ${placeOf(worst)}, none more`;
}

/**
 * Do all stages say that they live, and that all is well?
 * @throws Error with what is wrong
 */
export function judgeStages({ roster }: Watched): string {
  const complaints = roster.complaints();
  if (complaints.length > 0) throw new OmsError('OMS_STAGE_DEGRADED', complaints.join(' '));
  return roster
    .stages()
    .map(({ name, slot, port }) => `${name} (${slot}${port === null ? '' : `, port ${port}`})`)
    .join(', ');
}

/** What is no beat says nothing of a stage; the gateway names it. */
function hearIfReadable(roster: Roster, value: Uint8Array | null): void {
  try {
    roster.hear(value);
  } catch {
    return;
  }
}

const placeOf = ({ topic, partition }: Lag): string => `${topic}/${partition}`;

const sumOf = (some: readonly Lag[]): number => some.reduce((sum, { behind }) => sum + behind, 0);

function atOf(some: readonly Lag[], { stage, topic, partition }: Lag): number {
  return some.find((one) => one.stage === stage && one.topic === topic && one.partition === partition)?.at ?? 0;
}
