import type { Kind, Reach } from '../../operators/model/event.js';
import type { Source } from '../../operators/model/source.js';

/**
 * A report in our own form, as it stands on a line of an event file. It holds what its field system says and no more:
 * a meter has no coordinates, and only SCADA names substation and feeder. The registry fills in the rest.
 */
export interface CanonicalEvent {
  readonly source: Source;
  readonly kind: Kind;
  readonly type: string;
  readonly sourceEventId: string;
  readonly assetId: string;
  /** When the device or caller says it happened: ISO 8601, UTC, milliseconds. */
  readonly occurredAt: string;
  /** When it was received: likewise. */
  readonly receivedAt: string;
  /** WGS 84 degrees. */
  readonly lat?: number;
  readonly lon?: number;
  readonly feederId?: string;
  readonly substationId?: string;
  readonly reach?: Reach;
}
