import type { Key, PlacedEvent } from '../model/event.js';
import type { LogPosition } from '../model/outcome.js';
import { bySource, type Source } from '../model/source.js';
import { isClockSuspect, timeOf } from '../model/time.js';
import { Attaching } from './attach.js';
import { decide } from './decide.js';
import {
  isEvent,
  isFaultCommand,
  isTopology,
  type DiagnosisEntry,
  type FaultCommand,
  type FaultVerdict,
} from './fault-command.js';
import type { Fault, LooseReport } from './fault.js';
import type { FaultRecord } from './fault-record.js';
import { standingIn } from './inheritance.js';
import { Publication } from './publication.js';
import { byTime, type Report, type Speaker } from './report.js';
import { forget } from './retention.js';
import { Solver } from './solver.js';
import { HOLD_MS } from './terms.js';
import type { DeviceTree } from './tree.js';

/** The type of an event that answers a question: it is neither report nor return. */
const PING_REPLY = 'ping_reply';

/** What a source is, by the kind of asset of which it speaks first. */
const SPEAKERS: Readonly<Record<Source, Speaker>> = bySource((_, { lookedUp }): Speaker => lookedUp[0]);

/** The state forgets what is over this often, in the key's own time. */
const FORGET_EVERY_MS = 45 * 60_000;
/** Ids of commands are remembered so long, in the key's own time. */
const COMMANDS_KEPT_MS = 7 * 86_400_000;

/** What entries of a key's log led to. */
export interface FaultOutcome {
  /** Each fault that is shown otherwise than before. */
  readonly faults: readonly FaultRecord[];
  readonly verdicts: readonly FaultVerdict[];
  /** Events that came when what they are about was forgotten. */
  readonly late: number;
}

export interface DiagnosisOptions {
  /** Forget nothing: for whoever reads a whole log and wants all of it. */
  readonly keepsAll?: boolean;
  /** The tree of a version that a `topology` entry names; undefined: it is not known, and the tree stays. */
  readonly treeOf?: (version: string) => DeviceTree | undefined;
}

/**
 * The diagnosis of one key: the fold of its log that names faults. No clock, no I/O, no chance: the same entries give the same
 * faults, whatever their order and batches. Times are epoch ms.
 */
export class Diagnosis {
  /** W: the greatest t of the key's events so far, but for those with a suspect clock. */
  watermark = -Infinity;
  /** By the trees that the key had, the present one last. */
  readonly #solvers: Solver[];
  readonly #loose: LooseReport[] = [];
  /** When the meters that were asked answered *on*, by customer. */
  readonly #answers = new Map<string, number[]>();
  readonly #seen = new Map<string, number>();
  readonly #commandsSeen = new Map<string, number>();
  readonly #publication: Publication;
  readonly #options: DiagnosisOptions;
  #order = 0;
  #late = 0;
  #forgetAt = -Infinity;
  #faults: readonly Fault[] = [];
  #attaching: Attaching;

  constructor(
    readonly key: Key,
    tree: DeviceTree,
    options: DiagnosisOptions = {},
  ) {
    this.#options = options;
    this.#solvers = [new Solver(tree)];
    this.#attaching = new Attaching(this.#solvers, null);
    this.#publication = new Publication(key);
  }

  /** The tree by which reports are explained now. */
  get tree(): DeviceTree {
    return this.#current.tree;
  }

  get #current(): Solver {
    return this.#solvers.at(-1)!;
  }

  /**
   * Takes in entries of the key's log, in order: a batch.
   * @param log where they stand
   * @returns what is to be published: each fault that changed once, as it is after the last of them
   */
  take(entries: readonly DiagnosisEntry[], log: LogPosition): FaultOutcome {
    const faults = new Map<string, FaultRecord>();
    const verdicts: FaultVerdict[] = [];
    this.#late = 0;
    const publish = (): void => {
      for (const record of this.#publish(log)) faults.set(record.faultId, record);
    };
    for (const entry of entries) {
      if (isEvent(entry)) this.#event(entry);
      else if (isTopology(entry)) this.#changeTree(entry.version);
      else if (isFaultCommand(entry) && !this.#commandsSeen.has(entry.commandId)) {
        // It is about what was known when it came.
        publish();
        verdicts.push(this.#decide(entry));
      }
    }
    publish();
    this.#forget();
    return { faults: [...faults.values()], verdicts, late: this.#late };
  }

  /** Every fault as it is now, with all its members, by onset; those that only callers tell of behind the others. */
  faults(log: LogPosition): FaultRecord[] {
    this.#settle();
    return this.#publication.all(this.#faults, this.#attaching, this.watermark, this.#answers, log);
  }

  #publish(log: LogPosition): FaultRecord[] {
    this.#settle();
    return this.#publication.update(this.#faults, this.#attaching, this.watermark, this.#answers, log);
  }

  /** Solves what was touched, by the earlier trees first: who is out by them is out by the later ones. */
  #settle(): void {
    this.#solvers.forEach((solver, i) => {
      const earlier = this.#solvers.slice(0, i);
      solver.inherit(earlier.flatMap((one) => standingIn(one, solver.tree)));
      solver.watermark = this.watermark;
      solver.solve();
    });
    this.#attaching = new Attaching(this.#solvers, this.#attaching);
    this.#faults = this.#attaching.attach(this.#loose);
  }

  #event(event: PlacedEvent): void {
    const identity = `${event.source}/${event.sourceEventId}`;
    if (this.#seen.has(identity)) return;
    const t = timeOf(event);
    if (!this.#options.keepsAll && t < this.watermark - HOLD_MS) {
      this.#late++;
      return;
    }
    this.#seen.set(identity, t);
    const isSuspect = isClockSuspect(event);
    if (!isSuspect && t > this.watermark) this.watermark = t;
    const speaker = SPEAKERS[event.source];
    if (speaker === 'device') this.#switching(event, t);
    else if (event.customerId !== null) this.#customer(event, event.customerId, speaker, t, isSuspect);
  }

  #switching(event: PlacedEvent, t: number): void {
    // What was closed may have opened by an earlier tree.
    const solvers = event.kind === 'outage' ? [this.#current] : this.#solvers;
    for (const solver of solvers) {
      const { tree } = solver;
      const isWide = event.reach === 'substation';
      const node = isWide ? tree.source : event.assetId === null ? undefined : tree.device(event.assetId);
      if (node !== undefined) solver.addSwitching(node, this.#report(event, 'device', node, t));
    }
  }

  #customer(event: PlacedEvent, customerId: string, speaker: Speaker, t: number, isSuspect: boolean): void {
    const isOutage = event.kind === 'outage';
    const isAnswer = event.type === PING_REPLY;
    if (isAnswer && !isOutage) {
      const answers = this.#answers.get(customerId);
      if (answers) answers.push(t);
      else this.#answers.set(customerId, [t]);
      return;
    }
    if (isAnswer || isSuspect || speaker === 'customer') {
      const isKnown = this.#solvers.some(({ tree }) => tree.customer(customerId) !== undefined);
      if (isOutage && isKnown) this.#insertLoose(this.#report(event, speaker, -1, t), customerId);
      return;
    }
    // Who returns may have been out by an earlier tree.
    for (const solver of isOutage ? [this.#current] : this.#solvers) {
      const node = solver.tree.customer(customerId);
      if (node !== undefined) solver.addReport(node, this.#report(event, speaker, node, t));
    }
  }

  #report(event: PlacedEvent, speaker: Speaker, node: number, t: number): Report {
    const { source, sourceEventId, assetId, kind, reach } = event;
    const isOutage = kind === 'outage';
    const isWide = reach === 'substation';
    return { order: this.#order++, source, sourceEventId, assetId, speaker, isOutage, node, t, isWide };
  }

  #insertLoose(report: Report, customerId: string): void {
    const list = this.#loose;
    let at = list.length;
    while (at > 0 && byTime(list[at - 1]!.report, report) > 0) at--;
    list.splice(at, 0, { report, customerId });
  }

  #decide(command: FaultCommand): FaultVerdict {
    this.#commandsSeen.set(command.commandId, Math.max(this.watermark, command.at));
    return decide(command, this.#publication, (fault, node, isConfirmed) =>
      this.#say(fault.solver, node, fault.t, command.commandId, isConfirmed),
    );
  }

  /**
   * An operator's word on the opening of a device: there was one at `t`, or there was none.
   * @param device its id
   * @param wordId the id of the word: two of one id are one
   * @returns whether the key's tree has such a device
   */
  say(device: string, t: number, wordId: string, isConfirmed: boolean): boolean {
    const node = this.tree.nodeOf(device);
    if (node !== undefined) this.#say(this.#current, node, t, wordId, isConfirmed);
    return node !== undefined;
  }

  #say(solver: Solver, node: number, t: number, wordId: string, isConfirmed: boolean): void {
    if (!isConfirmed) {
      solver.cancel(node, t);
      return;
    }
    solver.addSwitching(node, {
      order: this.#order++,
      source: null,
      sourceEventId: wordId,
      assetId: null,
      speaker: 'operator',
      isOutage: true,
      node,
      t,
      isWide: false,
    });
  }

  #changeTree(version: string): void {
    const tree = this.#options.treeOf?.(version);
    if (tree) this.changeTree(tree);
  }

  /** From here on reports are explained by another tree; explanations that stand keep their customers. */
  changeTree(tree: DeviceTree): void {
    this.#settle();
    this.#solvers.push(new Solver(tree));
  }

  #forget(): void {
    if (this.#options.keepsAll || this.watermark < this.#forgetAt) return;
    this.#forgetAt = this.watermark + FORGET_EVERY_MS;
    const horizon = this.watermark - HOLD_MS;
    const forgotten = forget(this.#solvers, this.#faults, horizon);
    const loose = this.#loose.filter(({ report }) => !forgotten.has(report));
    this.#loose.splice(0, this.#loose.length, ...loose);
    const solvers = this.#solvers.filter((solver) => solver === this.#current || solver.hasOutages);
    this.#solvers.splice(0, this.#solvers.length, ...solvers);
    for (const [identity, t] of this.#seen) if (t < horizon) this.#seen.delete(identity);
    const commandsFrom = this.watermark - COMMANDS_KEPT_MS;
    for (const [commandId, t] of this.#commandsSeen) if (t < commandsFrom) this.#commandsSeen.delete(commandId);
    this.#publication.forgetBefore(commandsFrom);
    for (const [customerId, times] of this.#answers)
      if (times.every((t) => t < horizon)) this.#answers.delete(customerId);
  }
}
