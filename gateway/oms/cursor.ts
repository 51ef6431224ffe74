import { parseTime } from '../../operators/model/time.js';
import { GatewayError } from '../errors.js';

/** The last outage of a page: the next page begins behind it. */
export interface Cursor {
  /** ISO 8601. */
  readonly lastEventAt: string;
  readonly outageId: string;
}

const FORM = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** A cursor as it stands in an address. */
export function encodeCursor({ lastEventAt, outageId }: Cursor): string {
  return Buffer.from(`${lastEventAt} ${outageId}`).toString('base64url');
}

/** Reads {@link encodeCursor} back. Throws OMS_BAD_CURSOR on any other text. */
export function decodeCursor(text: string): Cursor {
  const match = FORM.exec(Buffer.from(text, 'base64url').toString());
  if (!match || parseTime(match[1]) === null) throw new GatewayError('OMS_BAD_CURSOR', [text]);
  return { lastEventAt: match[1]!, outageId: match[2]! };
}
