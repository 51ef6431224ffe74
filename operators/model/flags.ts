import { RECEIPT_FLAGS } from './receipt.js';

/** What placing noticed of an event; its outage has them too. */
export const EVENT_FLAGS = [
  /** Its ids contradict the registry, which was followed. */
  'contradictsRegistry',
  /** Its coordinates are half of a place or 0/0, or lie too far from what the registry says: those of the registry count. */
  'coordinatesIgnored',
  /** Nobody knew its ids: it is at the nearest distribution point. */
  'placedByCoordinates',
  /** Somebody said where it belongs. */
  'placedByHand',
  /** It speaks less far, or farther, than it says. */
  'reachIgnored',
  ...RECEIPT_FLAGS,
] as const;
export type EventFlag = (typeof EVENT_FLAGS)[number];

/** What an outage is flagged with besides. */
export const OUTAGE_FLAGS = [
  /** The clock of one of its members had lost its date. */
  'clockSuspect',
  /** It was closed, and somebody is out again. */
  'reopened',
  /** It was restored or closed without word from all. */
  'unverified',
] as const;

/** All flags. A reader takes others too: a newer program may have written them. */
export const FLAGS = [...EVENT_FLAGS, ...OUTAGE_FLAGS] as const;
export type Flag = (typeof FLAGS)[number];
