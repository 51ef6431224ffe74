import { describe, expect, it } from 'vitest';
import { readNetwork } from '../../pipeline/jobs/network/read.js';
import { Field, START } from '../../test/kit/field.js';
import type { PlacedEvent } from '../model/event.js';
import { faultIdOf } from '../model/identity.js';
import { Diagnosis, type DiagnosisOptions, type FaultOutcome } from './diagnosis.js';
import type { DiagnosisEntry, FaultCommand } from './fault-command.js';
import type { FaultRecord } from './fault-record.js';
import { treesOf } from './network-trees.js';

const network = await readNetwork(new URL('../../data/diagnosis-cases/network', import.meta.url).pathname);
const trees = treesOf(network);
const KEY = { substationId: 'S1', feederId: 'F1' };

/** A key's log as it goes on, and what is shown of its faults. */
class Log {
  readonly field = new Field(network);
  readonly diagnosis: Diagnosis;
  readonly shown = new Map<string, FaultRecord>();
  readonly verdicts: FaultOutcome['verdicts'][number][] = [];
  late = 0;
  #offset = 0;

  constructor(options: DiagnosisOptions = {}) {
    this.diagnosis = new Diagnosis(KEY, trees.get('S1/F1')!, options);
  }

  /** Takes in a batch; returns what was published of it. */
  take(...entries: DiagnosisEntry[]): readonly FaultRecord[] {
    const { faults, verdicts, late } = this.diagnosis.take(entries, { partition: 0, offset: this.#offset++ });
    for (const fault of faults) this.shown.set(fault.faultId, fault);
    this.verdicts.push(...verdicts);
    this.late += late;
    return faults;
  }

  /** What is shown of all faults but those that were superseded. */
  get faults(): FaultRecord[] {
    return [...this.shown.values()].filter(({ status }) => status !== 'superseded');
  }

  get only(): FaultRecord {
    expect(this.faults).toHaveLength(1);
    return this.faults[0]!;
  }

  /** The fuse FA opened: half of its meters say so within seconds. */
  fuseOpens(second: number): PlacedEvent[] {
    const { field } = this;
    return [
      ...['M04', 'M05', 'M08', 'M10'].map((meter, i) => field.meterOut(meter, second + i / 2)),
      field.onuOut('O04', second + 5),
      field.onuOut('O09', second + 6),
    ];
  }

  /** All else below the recloser says so, too. */
  restOpens(second: number): PlacedEvent[] {
    const { field } = this;
    const meters = ['M12', 'M13', 'M15', 'M16', 'M18', 'M20', 'M21', 'M23', 'M25', 'M26', 'M27', 'M29', 'M31', 'M33'];
    return [
      ...meters.map((meter, i) => field.meterOut(meter, second + 1 + (i % 4) / 3)),
      ...['O12', 'O18', 'O23', 'O27', 'O32'].map((onu) => field.onuOut(onu, second + 5)),
    ];
  }

  transformerOpens(second: number): PlacedEvent[] {
    const { field } = this;
    return [
      ...['M04', 'M05', 'M07'].map((meter, i) => field.meterOut(meter, second + i / 2)),
      field.onuOut('O04', second + 5),
      field.onuOut('O05', second + 6),
    ];
  }
}

let commands = 0;
function command(name: FaultCommand['command'], faultId: string, device: string | null = null): FaultCommand {
  const commandId = `command-${++commands}`;
  return { command: name, commandId, at: START + 60_000, author: 'ann', reason: null, faultId, device };
}

function memberIds({ members }: FaultRecord): string[] {
  return typeof members === 'number' ? [] : members.map(({ sourceEventId }) => sourceEventId).sort();
}

const idsOf = (events: readonly PlacedEvent[]): string[] => events.map(({ sourceEventId }) => sourceEventId).sort();

describe('the id of a fault', () => {
  it('is that of its member earliest in the log', () => {
    const log = new Log();
    const [first, ...rest] = log.fuseOpens(0).toReversed();
    log.take(first!, ...rest);
    const { source, sourceEventId, assetId, occurredAt } = first!;
    const anchor = { source, sourceEventId, assetId, t: occurredAt };
    expect(log.only.anchor).toEqual(anchor);
    expect(log.only.faultId).toBe(faultIdOf('S1', 'F1', anchor));
  });

  it('stays with a fuse that turns out to be its recloser, and the members grow', () => {
    const log = new Log();
    const fuse = log.fuseOpens(0);
    log.take(...fuse);
    const { faultId } = log.only;
    expect(log.only.device).toBe('FA');
    const rest = [log.field.trip('R1', 1), ...log.restOpens(0)];
    log.take(...rest);
    expect(log.only).toMatchObject({ faultId, device: 'R1', revision: 2, supersededBy: null });
    expect(memberIds(log.only)).toEqual(idsOf([...fuse, ...rest]));
  });

  it('of several that turn out to be one is the first published: the others are superseded', () => {
    const log = new Log();
    log.take(...log.fuseOpens(0));
    const first = log.only.faultId;
    const other = [...['M18', 'M20', 'M21', 'M22'].map((m) => log.field.meterOut(m, 1)), log.field.onuOut('O18', 5)];
    log.take(...other);
    expect(log.faults).toHaveLength(2);
    const second = log.faults.find(({ faultId }) => faultId !== first)!.faultId;
    log.take(log.field.trip('R1', 1), ...log.restOpens(0));
    expect(log.only.faultId).toBe(first);
    expect(log.shown.get(second)).toMatchObject({ status: 'superseded', supersededBy: first, members: [] });
  });

  it('stays with its anchor when a fault parts', () => {
    const log = new Log();
    const fuse = log.fuseOpens(0);
    log.take(log.field.trip('R1', 1), ...fuse);
    const [{ faultId }] = log.faults as [FaultRecord];
    expect(log.only.device).toBe('R1');
    log.take(command('cancelFault', faultId, 'R1'));
    expect(log.shown.get(faultId)!.anchor.source).toBe('scada');
    const fault = log.faults.find(({ device }) => device === 'FA')!;
    expect(memberIds(fault)).toEqual(idsOf(fuse));
    expect(fault.faultId).not.toBe(faultId);
  });

  it('is the same whenever a fault is looked at, and its revision counts what changed of what is shown', () => {
    const log = new Log();
    log.take(...log.fuseOpens(0));
    const before = log.only;
    expect(log.take(log.field.meterBack('M30', 100))).toEqual([]);
    log.take(log.field.call('C06', 120));
    expect(log.only).toMatchObject({ faultId: before.faultId, revision: 2, evidence: { calls: 1 } });
    const [same] = log.diagnosis.faults({ partition: 0, offset: 9 });
    expect(same).toMatchObject({ faultId: before.faultId, revision: 2 });
  });
});

describe('damping', () => {
  it('shows a lone report half a minute after it, so that the first of a storm is not ten faults', () => {
    const log = new Log();
    expect(log.take(log.field.meterOut('M12', 0))).toEqual([]);
    expect(log.diagnosis.faults({ partition: 0, offset: 0 })[0]!.flags).toEqual(['unexplained']);
    expect(log.take(log.field.meterBack('M40', 28))).toEqual([]);
    log.take(log.field.meterBack('M30', 30));
    expect(log.only).toMatchObject({ device: 'C12', flags: ['unexplained'] });
  });

  it('never hides a trip', () => {
    const log = new Log();
    log.take(log.field.trip('CB1', 0));
    expect(log.only).toMatchObject({ device: 'CB1', evidence: { trips: [{ assetId: 'CB1' }] } });
  });
});

describe('commands on a fault', () => {
  it('confirm another device: it was that one, and nothing is surer', () => {
    const log = new Log();
    log.take(...log.fuseOpens(0));
    const { faultId } = log.only;
    const confirm = command('confirmFault', faultId, 'R1');
    log.take(confirm);
    expect(log.only).toMatchObject({ faultId, device: 'R1', confidence: 1, evidence: { trips: [] } });
    expect(log.verdicts).toEqual([
      {
        commandId: confirm.commandId,
        faultId,
        appliedTo: faultId,
        verdict: 'applied',
        changed: true,
        code: null,
        detail: null,
      },
    ]);
    log.take(confirm);
    expect(log.verdicts).toHaveLength(1);
    log.take(command('confirmFault', faultId));
    expect(log.verdicts[1]).toMatchObject({ verdict: 'applied', changed: false });
  });

  it('confirm what tripped: the trip and the word are one', () => {
    const log = new Log();
    log.take(log.field.trip('R1', 0), ...log.fuseOpens(0), ...log.restOpens(0));
    log.take(command('confirmFault', log.only.faultId));
    expect(log.only).toMatchObject({ device: 'R1', confidence: 1 });
  });

  it('cancel a device: the reports explain themselves otherwise', () => {
    const log = new Log();
    log.take(...log.transformerOpens(0));
    const { faultId } = log.only;
    expect(log.only.device).toBe('T2');
    log.take(command('cancelFault', faultId));
    expect(log.only).toMatchObject({ faultId, device: 'FA' });
    log.take(command('cancelFault', faultId, 'T2'));
    expect(log.verdicts[1]).toMatchObject({ verdict: 'applied', changed: false });
  });

  it('are refused for a fault that nobody knows, and for a device that is not there', () => {
    const log = new Log();
    log.take(...log.fuseOpens(0));
    const { faultId } = log.only;
    log.take(
      command(
        'confirmFault',
        faultId.replace(/^./, (c) => (c === '0' ? '1' : '0')),
      ),
    );
    log.take(command('confirmFault', faultId, 'TIE'));
    expect(log.verdicts.map(({ verdict, code }) => [verdict, code])).toEqual([
      ['refused', 'unknownFault'],
      ['refused', 'unknownDevice'],
    ]);
  });

  it('go to the successor of a fault that was superseded', () => {
    const log = new Log();
    log.take(...log.fuseOpens(0));
    const first = log.only.faultId;
    log.take(...['M18', 'M20', 'M21', 'M22'].map((m) => log.field.meterOut(m, 1)), log.field.onuOut('O18', 5));
    const second = log.faults.find(({ faultId }) => faultId !== first)!.faultId;
    log.take(log.field.trip('R1', 1), ...log.restOpens(0));
    log.take(command('confirmFault', second));
    expect(log.verdicts[0]).toMatchObject({ faultId: second, appliedTo: first, verdict: 'applied', changed: true });
    expect(log.only.confidence).toBe(1);
  });
});

describe('what comes back', () => {
  it('in steps says how many customers each step brought back', () => {
    const log = new Log();
    const { field } = log;
    log.take(...['M23', 'M24', 'M26', 'M27', 'M29', 'M31', 'M33', 'M34'].map((m, i) => field.meterOut(m, i / 3)));
    log.take(...['M23', 'M24', 'M25', 'M26'].map((m, i) => field.meterBack(m, 600 + 8 * i)));
    const others = ['M27', 'M28', 'M29', 'M30', 'M31', 'M32', 'M33', 'M34'];
    log.take(...others.map((m, i) => field.meterBack(m, 1800 + 5 * i)));
    expect(log.only).toMatchObject({ status: 'restored', customersOut: 0, customersAffected: 12 });
    expect(log.only.steps.map(({ customers }) => customers)).toEqual([4, 8]);
  });

  it('but for some below one node is partly out', () => {
    const log = new Log();
    const { field } = log;
    log.take(...log.fuseOpens(0));
    log.take(...['M04', 'M05', 'M06', 'M07'].map((meter, i) => field.meterBack(meter, 600 + 10 * i)));
    expect(log.only.flags).not.toContain('partlyOut');
    log.take(field.meterBack('M30', 900));
    expect(log.only).toMatchObject({ device: 'FA', partlyOut: { device: 'T3', customers: 4 } });
    expect(log.only.flags).toContain('partlyOut');
  });

  it('is momentary within five minutes', () => {
    const log = new Log();
    const { field } = log;
    log.take(field.trip('R1', 0), ...log.fuseOpens(0), field.close('R1', 20));
    expect(log.only).toMatchObject({ momentary: true, status: 'restored', flags: ['momentary'] });
    expect(log.only.evidence.closes).toHaveLength(1);
  });
});

describe('a meter that was asked', () => {
  it('and answers off belongs to the fault, as a call does, and is no report', () => {
    const log = new Log();
    log.take(...log.fuseOpens(0));
    const before = log.only.evidence;
    const answer = log.field.event('kaifa', 'outage', 'M06', 300, { type: 'ping_reply' });
    log.take(answer);
    expect(memberIds(log.only)).toContain(answer.sourceEventId);
    expect(log.only.evidence).toEqual(before);
  });

  it('and answers on counts as supplied in the evidence, and is no return', () => {
    const log = new Log();
    log.take(...log.fuseOpens(0));
    const { meter } = log.only.evidence;
    log.take(log.field.event('kaifa', 'restoration', 'M06', 300, { type: 'ping_reply' }));
    expect(log.only.evidence.meter).toEqual({ ...meter, silent: meter.silent - 1, returned: meter.returned + 1 });
    expect(log.only).toMatchObject({ status: 'open', restoredAt: null });
  });
});

describe('whom to ask', () => {
  it('are silent meters, worth the most where candidates part', () => {
    const log = new Log();
    log.take(...log.transformerOpens(0));
    const [best, ...others] = log.only.ping;
    expect(best!.meters.length).toBeGreaterThan(0);
    for (const { bits } of others) expect(bits).toBeLessThanOrEqual(best!.bits);
    for (const { bits } of log.only.ping) expect(bits).toBeGreaterThanOrEqual(0);
    const asked = log.only.ping.flatMap(({ meters }) => meters);
    for (const reported of ['M04', 'M05', 'M07']) expect(asked).not.toContain(reported);
    expect(best!.ifSilent.posterior).toBeGreaterThan(0);
  });
});

describe('a large fault', () => {
  it('carries the number of its members beyond a thousand', () => {
    const customers = Array.from({ length: 1100 }, (_, i) => ({
      ...network.customers[0]!,
      customerId: `L${i}`,
      dpId: `T${(i % 9) + 1}`,
      meterId: `ML${i}`,
      onuId: null,
    }));
    const large = { ...network, customers };
    const field = new Field(large);
    const diagnosis = new Diagnosis(KEY, treesOf(large).get('S1/F1')!);
    const events = customers.map(({ meterId }, i) => field.meterOut(meterId, (i % 20) / 10));
    const { faults } = diagnosis.take(events, { partition: 0, offset: 0 });
    expect(faults).toMatchObject([{ device: 'CB1', members: 1100, customersAffected: 1100 }]);
    expect(diagnosis.faults({ partition: 0, offset: 1 })[0]!.members).toHaveLength(1100);
  });
});
