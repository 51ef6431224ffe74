import type { PoolClient } from 'pg';
import { expect } from 'vitest';
import { retryUntil } from '../../dev/retry.js';
import { Comparison } from '../../pipeline/jobs/reconcile/comparison.js';
import type { Finding, Order } from '../../operators/reconcile/finding.js';
import { readBasis } from '../../pipeline/jobs/reconcile/repair-basis.js';
import { publishRepairs } from '../../pipeline/jobs/reconcile/repair-publication.js';
import { repairOf, type Repair } from '../../operators/reconcile/repair.js';
import { beginRun, findRun, readFindings, stepRun } from '../../pipeline/jobs/reconcile/run.js';
import { compare } from '../faults/compare.js';
import type { TestSystem } from './system.js';

/** Reconciles and repairs a stretch of time of a system that runs. */
export class Reconciliation {
  #runs = 0;

  private constructor(
    private readonly system: TestSystem,
    readonly client: PoolClient,
    private readonly from: string,
    private readonly to: string,
  ) {}

  /** From and to: dates or times. */
  static async of(system: TestSystem, from: string, to: string): Promise<Reconciliation> {
    const [first, last] = [from, to].map((time) => new Date(time).toISOString()) as [string, string];
    return new Reconciliation(system, await system.pool.connect(), first, last);
  }

  /** What a run finds, under a name of its own. */
  async run(order: Order): Promise<Finding[]> {
    const { client, from, to } = this;
    const name = `run ${++this.#runs}`;
    await beginRun(client, { name, order, from, to, author: 'test' });
    while ((await stepRun(client, name, 5000)) > 0);
    const run = (await findRun(client, name))!;
    await Comparison.make(client, run, false, () => undefined);
    const found: Finding[] = [];
    for await (const finding of readFindings(client, run.runId)) found.push(finding);
    return found;
  }

  async repairsOf(findings: readonly Finding[]): Promise<Repair[]> {
    const repairs: Repair[] = [];
    for (const finding of findings) {
      const basis = await readBasis(this.client, finding);
      repairs.push(repairOf(finding, basis, { author: 'ann', reason: null, at: Date.now() }));
    }
    return repairs;
  }

  /** Puts repairs on the log, and waits until the database holds what the log means. */
  async publish(repairs: readonly Repair[]): Promise<void> {
    const { topics, environment, pool, producer } = this.system;
    const stored = await this.system.count('select count(*) from oms.commands');
    const published = await publishRepairs(producer, topics, repairs);
    await retryUntil(
      async () => {
        expect(await this.system.count('select count(*) from oms.commands')).toBe(stored + published);
        const read = (topic: string) => this.system.read(topic);
        const { differences } = await compare(read, topics, environment.partitions, pool, new Set());
        expect(differences).toEqual([]);
      },
      60_000,
      200,
    );
  }

  end(): void {
    this.client.release();
  }
}
