import type { Kind, Reach } from '../model/event.js';
import { memberKeyOf, type Named } from '../model/identity.js';
import type { Source } from '../model/source.js';

/** Where an entry stands on the log. */
export interface LogPlace {
  readonly partition: number;
  readonly offset: number;
  readonly index: number;
}

/** An event of the replay's stretch, as the replay took it. Times are epoch ms. */
export interface StoredEvent extends Named {
  readonly kind: Kind;
  /** The time that counts. */
  readonly t: number;
  readonly receivedAt: number;
  /** What is out or back. */
  readonly unit: string;
  readonly isCustomer: boolean;
  readonly reach: Reach;
  /** Customers of the feeder at placing, for reach `feeder` and `substation`. */
  readonly feederCustomers: number;
  readonly log: LogPlace;
}

/** A command of the replay's stretch. Times are epoch ms. */
export interface StoredCommand {
  readonly command: string;
  readonly commandId: string;
  readonly author: string;
  /** When it was decided. */
  readonly t: number;
  /** The event that opened the outage which it names, and its time; null: it names none, or an unknown one. */
  readonly openedBy: (Named & { readonly t: number }) | null;
  readonly log: LogPlace;
}

/** The order of the log: of one key, so of one partition. */
export function byLog({ log: a }: { readonly log: LogPlace }, { log: b }: { readonly log: LogPlace }): number {
  return a.offset - b.offset || a.index - b.index;
}

/** What a replay took of one key, to be asked for. */
export class KeyEntries {
  readonly #events = new Map<string, StoredEvent[]>();
  readonly restorations: StoredEvent[] = [];
  readonly commands: StoredCommand[] = [];

  addEvent(event: StoredEvent): void {
    if (event.kind === 'restoration') {
      this.restorations.push(event);
      return;
    }
    const identity = identityOf(event);
    const known = this.#events.get(identity);
    if (known) known.push(event);
    else this.#events.set(identity, [event]);
  }

  addCommand(command: StoredCommand): void {
    this.commands.push(command);
  }

  /** The outage event that a member is: of several copies the one of its time. */
  eventOf(member: Named & { readonly t: string }): StoredEvent | null {
    const copies = this.#events.get(identityOf(member));
    if (!copies) return null;
    const t = Date.parse(member.t);
    return copies.find((copy) => copy.t === t) ?? copies[0]!;
  }

  /** All copies of an outage event, in the order in which they were taken. */
  copiesOf(member: Named): readonly StoredEvent[] {
    return this.#events.get(identityOf(member)) ?? [];
  }
}

/** `source/sourceEventId`: what people call an event. */
export function nameOf({ source, sourceEventId }: { readonly source: Source; readonly sourceEventId: string }): string {
  return `${source}/${sourceEventId}`;
}

/** An event of one kind by its names, for sets and maps: it may have been used more than once. */
export function identityOf({ source, assetId, sourceEventId }: Named): string {
  return JSON.stringify([source, assetId, sourceEventId]);
}

/** One of several events of an identity, by its time: epoch ms, or ISO 8601. */
export function memberKey(member: Named & { readonly t: string | number }): string {
  return memberKeyOf(member, typeof member.t === 'string' ? Date.parse(member.t) : member.t);
}
