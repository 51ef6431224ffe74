import { createInterface } from 'node:readline/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { userInfo } from 'node:os';
import type { PoolClient } from 'pg';
import type { Environment } from '../connections/environment.js';
import { formatTime } from '../operators/model/time.js';
import { topicNames } from '../connections/topics.js';
import { readBasis } from '../pipeline/jobs/reconcile/repair-basis.js';
import {
  pendingRepairs,
  publishRepairs,
  rejectedRepairs,
  type Told,
} from '../pipeline/jobs/reconcile/repair-publication.js';
import { repairOf, type Repair, type Repairer } from '../operators/reconcile/repair.js';
import { noteRepair, readFindings, type Run, type RunRepair } from '../pipeline/jobs/reconcile/run.js';
import { checkTopics } from '../connections/topic-admin.js';
import { withProducer, withTopics } from '../connections/services.js';
import { progress, say } from './terminal/talk.js';
import { OmsError } from '../connections/errors.js';

/** How long nothing may be heard of the stream's carrying out what was put on the log. */
const PATIENCE_MS = 15_000;
const ASK_EVERY_MS = 500;

/**
 * Puts on the log what mends the findings of a run, once somebody said yes to it.
 * @throws Error in a sentence if the stream rejected some of it
 */
export async function repairRun(
  client: PoolClient,
  run: Run,
  { yes = false, json = false }: { readonly yes?: boolean; readonly json?: boolean },
  environment: Environment,
): Promise<void> {
  if (run.repair) {
    say(`What it found was repaired on ${run.repair.at}: nothing to do. (--again shows what is left.)`);
    return;
  }
  const repairer: Repairer = { author: userInfo().username, reason: null, at: Date.now() };
  const plan = await planOf(client, run, repairer);
  // Standard output is one JSON object, if that was asked for.
  const tell = json ? say : (line: string): void => console.log(line);
  for (const sentence of plan.unmended) tell(`not mended: ${sentence}`);
  if (plan.commands === 0) {
    say('There is nothing to put on the log.');
    return;
  }
  if (!yes && !(await isWanted(plan))) {
    say('Nothing was put on the log.');
    return;
  }
  const topics = topicNames(environment.topicPrefix);
  await withTopics(environment, (admin) => checkTopics(admin, topics, environment.partitions));
  const told = await withProducer(environment, async (producer) => {
    const published: Told[] = [];
    const shown = progress('findings repaired', plan.findings);
    try {
      for await (const repair of repairsOf(client, run, repairer)) {
        if (repair.entries.length === 0) continue;
        await publishRepairs(producer, topics, [repair]);
        published.push({
          findingId: repair.findingId,
          entries: repair.entries.map(({ commandId }) => ({ commandId })),
        });
        shown.update(published.length);
      }
    } finally {
      shown.stop();
    }
    return published;
  });
  await noteRepair(client, run.runId, plan);
  tell(`put on the log: ${countText(plan.commands, 'command')} for ${countText(plan.findings, 'finding')}`);
  await settle(client, told);
}

async function* repairsOf(client: PoolClient, run: Run, repairer: Repairer): AsyncGenerator<Repair> {
  for await (const finding of readFindings(client, run.runId))
    yield repairOf(finding, await readBasis(client, finding), repairer);
}

/** What would be put on the log: made once to ask for it, and once more to publish it, so that memory holds one at a time. */
async function planOf(client: PoolClient, run: Run, repairer: Repairer): Promise<RunRepair> {
  const unmended: string[] = [];
  let findings = 0;
  let commands = 0;
  for await (const repair of repairsOf(client, run, repairer)) {
    if (repair.unmended !== null) unmended.push(repair.unmended);
    if (repair.entries.length === 0) continue;
    findings++;
    commands += repair.entries.length;
  }
  return { at: formatTime(repairer.at), author: repairer.author, findings, commands, unmended };
}

async function isWanted({ findings, commands }: RunRepair): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const question = `Put ${countText(commands, 'command')} on the log, which mend ${countText(findings, 'finding')}? [y/N] `;
    return /^y(es)?$/i.test((await terminal.question(question)).trim());
  } finally {
    terminal.close();
  }
}

/** Waits until the database knows what became of everything, and says what the stream did not take. */
async function settle(client: PoolClient, told: readonly Told[]): Promise<void> {
  let pending = told.length;
  for (let heardAt = Date.now(); pending > 0 && Date.now() - heardAt < PATIENCE_MS; await pause(ASK_EVERY_MS)) {
    const left = await pendingRepairs(client, told);
    if (left < pending) heardAt = Date.now();
    pending = left;
  }
  if (pending > 0)
    say(
      `${countText(pending, 'command')} left no trace so far: it was so already, or the stream is behind ("oms lag").`,
    );
  const rejected = [...(await rejectedRepairs(client, told)).values()];
  if (rejected.length === 0) return;
  throw new OmsError(
    'OMS_REPAIR_REJECTED',
    `The stream rejected ${rejected.length} of ${told.length} repairs, the first because: ${rejected[0]}`,
  );
}

const countText = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
