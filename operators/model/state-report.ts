import type { PlacedEvent } from './event.js';

/** The type of a meter's answer to the question whether it has supply. */
export const PING_REPLY = 'ping_reply';

/**
 * Does an outage event say that somebody is out, and not that supply went at its time? Who calls, and who answers *off*, may
 * have been out for hours. The SQL engine has the same in `reconcile.says_state`.
 */
export function saysState({ source, type }: Pick<PlacedEvent, 'source' | 'type'>): boolean {
  return source === 'call_center' || type === PING_REPLY;
}
