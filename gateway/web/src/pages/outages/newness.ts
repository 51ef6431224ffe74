import type { OpenOutage } from '../../feed/openOutages.js';

/** How long an outage that came in while the page was open is marked as new. */
const NEW_MS = 60_000;

export function isNew({ arrivedAt, restoredSeenAt }: OpenOutage, now: number): boolean {
  return arrivedAt !== null && restoredSeenAt === null && now - arrivedAt < NEW_MS;
}
