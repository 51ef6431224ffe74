import { COMMANDS } from './event.js';

/** What an entry of a timeline says that happened: `what` of it, and in `oms.timeline`. */
export const TIMELINE = [
  /** The outage began, or began anew under the id of one settled long ago. */
  'opened',
  /** Its status went `from` one `to` another. */
  'status',
  /** It became part of the outage `to`. */
  'merged',
  /** The outage `to` became part of it. */
  'absorbed',
  /** It was closed, and somebody is out again. */
  'reopened',
  /** A correction: it has `to` events where it had `from`. */
  'amend',
  /** The crew `to` left it. */
  'crewLeft',
  /** What people and policies decide: the command. */
  ...COMMANDS,
] as const;
export type TimelineWord = (typeof TIMELINE)[number];
