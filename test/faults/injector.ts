import { setTimeout as delay } from 'node:timers/promises';
import type { Services } from '../../dev/services.js';
import type { Random } from '../../simulator/random.js';
import type { Member } from './fleet.js';

/** Longer than the session timeout of 6 s: whoever is frozen for it has lost its partitions when it wakes. */
const FREEZE_MS = 9000;
const BETWEEN_MS = 2500;
/** How long a process takes to start, at least, and to join its group. */
const STARTS_MS = 700;
const JOINS_MS = 1500;
const DATABASE_AWAY_MS = 5000;

/** Does harm to the system, at random from a seed. */
export class Injector {
  /** What was done, by kind. */
  readonly done: Record<string, number> = {};
  readonly #thawing = new Set<Promise<void>>();

  constructor(
    private readonly members: readonly Member[],
    private readonly services: Services,
    private readonly random: Random,
    private readonly enlist: () => Promise<Member>,
    /** Writes what nobody can read to every topic. */
    private readonly garbage: () => Promise<void>,
    /** Reports with a time of receipt that is days ahead. */
    private readonly clockAhead: () => Promise<void>,
    private readonly say: (line: string) => void,
  ) {}

  /** Injects until `endAt` (epoch ms), then waits until all that was frozen or down is back. */
  async run(endAt: number): Promise<void> {
    while (Date.now() < endAt) {
      await delay(BETWEEN_MS * (0.5 + this.random.next()));
      await this.#one();
    }
    await Promise.all(this.#thawing);
  }

  /** Stops the database for a while, and does nothing else. */
  async databaseAway(ms: number): Promise<void> {
    this.#note('database away', `${ms / 60_000} min`);
    await this.services.postgres.stop();
    await delay(ms);
    await this.services.postgres.start();
    this.say('the database is back');
  }

  /**
   * Kills the broker again and again, under load, and does nothing else: after each time everything must go on by itself.
   * @param goesOn resolves when every stage has got beyond where the topics ended when it was called
   * @returns what did not go on, a sentence each
   */
  async brokerKills(times: number, goesOn: () => Promise<void>): Promise<string[]> {
    const stuck: string[] = [];
    for (let n = 1; n <= times; n++) {
      // At any moment of what happens between two commits, and of what the kill before it has left behind.
      await delay(BETWEEN_MS * (0.5 + this.random.next()));
      await this.#broker();
      const backAt = performance.now();
      await goesOn().catch((error: Error) => stuck.push(`after kill ${n} of the broker: ${error.message}`));
      this.say(
        `kill ${n} of ${times}: all went on ${Math.round((performance.now() - backAt) / 1000)} s after it was back`,
      );
    }
    return stuck;
  }

  async #one(): Promise<void> {
    const dice = this.random.next();
    if (dice < 0.42) this.#kill();
    else if (dice < 0.55) this.#freeze();
    else if (dice < 0.68) await this.#broker();
    else if (dice < 0.79) await this.#database();
    else if (dice < 0.87) await this.#instance();
    else if (dice < 0.94) {
      this.#note('garbage on every topic', 'a record each');
      await this.garbage();
    } else {
      this.#note('report from a clock that is days ahead', 'gateway');
      await this.clockAhead();
    }
  }

  #note(kind: string, what: string): void {
    this.done[kind] = (this.done[kind] ?? 0) + 1;
    this.say(`${kind}: ${what}`);
  }

  #any(): Member {
    return this.members[Math.floor(this.random.next() * this.members.length)]!;
  }

  #kill(): void {
    const member = this.#any();
    this.#note('kill -9 of a process', member.name);
    member.signal('SIGKILL');
  }

  #freeze(): void {
    const member = this.#any();
    this.#note('freeze beyond the session timeout', member.name);
    member.signal('SIGSTOP');
    const thaw = delay(FREEZE_MS).then(() => member.signal('SIGCONT'));
    this.#thawing.add(thaw);
    void thaw.finally(() => this.#thawing.delete(thaw));
  }

  async #broker(): Promise<void> {
    this.#note('kill -9 of the broker', 'kafka');
    await this.services.kafka.kill();
    await this.services.kafka.start();
  }

  async #database(): Promise<void> {
    const orderly = this.random.next() < 0.5;
    this.#note(orderly ? 'stop of the database' : 'kill -9 of the database', 'postgres');
    await (orderly ? this.services.postgres.stop() : this.services.postgres.kill());
    await delay(DATABASE_AWAY_MS * this.random.next());
    await this.services.postgres.start();
  }

  async #instance(): Promise<void> {
    const member = await this.enlist();
    this.#note('instance added and taken away', member.name);
    const leave = delay(FREEZE_MS).then(async () => void (await member.retire()));
    this.#thawing.add(leave);
    void leave.finally(() => this.#thawing.delete(leave));
    if (this.random.next() < 0.5) await this.#killWhileSharingOut(member);
  }

  /** One of those that share with a newcomer is killed about when it joins: in the middle of the rebalance, with luck. */
  async #killWhileSharingOut({ kind }: Member): Promise<void> {
    await delay(STARTS_MS + JOINS_MS * this.random.next());
    const others = this.members.filter((member) => member.kind === kind);
    const victim = others[Math.floor(this.random.next() * others.length)]!;
    this.#note('kill -9 of a process in a rebalance', victim.name);
    victim.signal('SIGKILL');
  }
}
