import type { Producer } from 'kafkajs';
import type { ClientBase } from 'pg';
import type { Source } from '../../operators/model/source.js';
import { readCanonical } from '../../operators/normalise/canonical.js';
import { isFields, Refusal, type Fields } from '../../operators/normalise/fields.js';
import { place, type Placement } from '../../operators/place/place.js';
import type { Registry } from '../../operators/network/registry.js';
import type { TopicNames } from '../../connections/topics.js';
import { LineSender } from './line-sender.js';
import { OmsError } from '../../connections/errors.js';
import { UTC } from '../../operators/model/time-zone.js';

/** An event that could not be placed, and nobody has placed since. Times are ISO 8601. */
export interface UnplacedEvent {
  readonly source: Source;
  readonly sourceEventId: string;
  readonly reason: string;
  readonly detail: string;
  readonly receivedAt: string;
  /** In canonical form. */
  readonly event: Fields;
}

/** Where somebody says that an event belongs. */
export type HandPlace =
  | { readonly dpId: string }
  | { readonly assetId: string }
  | { readonly substationId: string; readonly feederId: string };

/** Events read at once. */
const PAGE = 1000;

interface Row {
  readonly source: Source;
  readonly source_event_id: string;
  readonly reason: string;
  readonly detail: string;
  readonly received_at: Date;
  readonly event: Fields;
}

const OPEN = `select distinct on (source, source_event_id) source, source_event_id, reason, detail, received_at, event
  from oms.unplaced
  where placed_at is null`;
const FIRST_COPY = 'order by source, source_event_id, received_at, topic, partition, "offset", index';

/** The unplaced events, each once, by source and id. */
export async function* readUnplaced(client: ClientBase, reason: string | null): AsyncGenerator<UnplacedEvent> {
  let last = ['', ''];
  for (;;) {
    const { rows } = await client.query<Row>(
      `${OPEN} and ($1::text is null or reason = $1) and (source, source_event_id) > ($2, $3) ${FIRST_COPY} limit ${PAGE}`,
      [reason, ...last],
    );
    if (rows.length === 0) return;
    yield* rows.map(unplacedOf);
    last = [rows.at(-1)!.source, rows.at(-1)!.source_event_id];
  }
}

/** Where the network as it is now puts an event, or what somebody says of it; empty if nobody knows. */
export function placesOf({ event, receivedAt }: UnplacedEvent, registry: Registry, at: HandPlace | null): Placement[] {
  const reading = { receivedAt: Date.parse(receivedAt), zone: UTC };
  try {
    const placed = place(readCanonical(placedAs(event, at), reading), registry);
    return Array.isArray(placed) ? placed : [];
  } catch (error) {
    // Somebody wrote to oms.unplaced what is no event: it has no place, and must not keep the others from theirs.
    if (error instanceof Refusal) return [];
    throw error;
  }
}

/** The event with what is said of it: what it names itself nobody knows, and stays where it does not stand in the way. */
function placedAs(event: Fields, at: HandPlace | null): Fields {
  return at === null ? event : { ...event, ...at, placedByHand: true };
}

/**
 * Gives events back to the stream, each under its identity, and marks them within the caller's transaction: one that is
 * marked is not placed again by accident. One that could not be placed all the same is stored anew, and not marked.
 */
export class GivingBack {
  readonly #sender: LineSender;

  constructor(
    private readonly client: ClientBase,
    producer: Producer,
    topics: TopicNames,
    private readonly author: string,
  ) {
    this.#sender = new LineSender(producer, topics);
  }

  /**
   * Places one event where somebody says, or nothing if the network knows of no such place.
   * @param again whether one that was placed before is placed once more
   * @returns where it goes
   * @throws Error in a sentence: it was placed before, or there is no such event
   */
  async placeByHand(
    source: Source,
    sourceEventId: string,
    at: HandPlace,
    registry: Registry,
    again: boolean,
  ): Promise<Placement[]> {
    const { rows } = await this.client.query<Row & { placed_at: Date | null; placed_by: string | null }>(
      `select * from oms.unplaced where source = $1 and source_event_id = $2
       order by placed_at desc nulls first, received_at, topic, partition, "offset", index
       for update`,
      [source, sourceEventId],
    );
    const [row] = rows;
    if (!row)
      throw new OmsError(
        'OMS_NO_UNPLACED_EVENT',
        `There is no unplaced event ${source}/${sourceEventId}: "oms unplaced list" shows those there are.`,
      );
    if (row.placed_at !== null && !again) {
      const when = `${row.placed_at.toISOString()} by ${row.placed_by!}`;
      throw new OmsError(
        'OMS_PLACED_ALREADY',
        `${source}/${sourceEventId} was placed on ${when}; --again places it once more.`,
      );
    }
    const unplaced = unplacedOf(row);
    const placements = placesOf(unplaced, registry, at).filter(
      ({ key }) => !('feederId' in at) || key.substationId === at.substationId,
    );
    if (placements.length > 0) await this.give(unplaced, at);
    return placements;
  }

  /** Gives one event back; it goes out with the next ones, and at {@link end}. */
  async give(unplaced: UnplacedEvent, at: HandPlace | null): Promise<void> {
    await this.client.query(
      `update oms.unplaced set placed_at = now(), placed_by = $3, placed_as = $4 where source = $1 and source_event_id = $2`,
      [unplaced.source, unplaced.sourceEventId, this.author, at ?? {}],
    );
    await this.#sender.line(JSON.stringify(placedAs(unplaced.event, at)));
  }

  /** Sends what waits; the transaction is then to be committed. */
  async end(): Promise<void> {
    await this.#sender.flush();
  }
}

function unplacedOf({ source, source_event_id, reason, detail, received_at, event }: Row): UnplacedEvent {
  if (!isFields(event))
    throw new OmsError(
      'OMS_NO_UNPLACED_EVENT',
      `The unplaced event ${source}/${source_event_id} is stored without its content.`,
    );
  return { source, sourceEventId: source_event_id, reason, detail, receivedAt: received_at.toISOString(), event };
}
