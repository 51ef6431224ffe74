/**
 * When a report was received, as far as anybody can be believed: what its sender says counts only if it fits the time at
 * which its record came on the topic, by the broker's clock. No sender may move a key's watermark into the future.
 */

/** Clocks of two machines that are kept right differ by less. */
const AHEAD_MS = 5000;
const BEHIND_MS = 400 * 86_400_000;

/** Why what was said of the receipt does not count: it lies behind the time of append, or too long before it. */
export const RECEIPT_FLAGS = ['receiptAhead', 'receiptLost'] as const;
export type ReceiptFlag = (typeof RECEIPT_FLAGS)[number];

/** What the topic knows of a record. */
export interface Append {
  /** When it was appended, epoch ms. */
  readonly atMs: number;
  /** It holds history, which may have been received at any time before. */
  readonly isHistory: boolean;
}

/** What is wrong with a time of receipt (epoch ms) in the light of the append; null if it may count, or differs by a little. */
function receiptFlagOf(toldMs: number, { atMs, isHistory }: Append): ReceiptFlag | null {
  if (toldMs > atMs + AHEAD_MS) return 'receiptAhead';
  return toldMs < atMs - BEHIND_MS && !isHistory ? 'receiptLost' : null;
}

/**
 * The time of receipt that counts.
 * @param toldMs what envelope, header or body say of it, epoch ms
 */
export function receiptOf(toldMs: number, append: Append): number {
  return receiptFlagOf(toldMs, append) === null ? Math.min(toldMs, append.atMs) : append.atMs;
}

/** The event with the time of receipt that counts, and the flag that says why it is not what was told. */
export function withReceipt<E extends { readonly receivedAt: number }>(
  event: E,
  append: Append,
): E & { readonly receiptFlag?: ReceiptFlag } {
  const { receivedAt } = event;
  const flag = receiptFlagOf(receivedAt, append);
  if (flag === null && receivedAt <= append.atMs) return event;
  const believed = { ...event, receivedAt: receiptOf(receivedAt, append) };
  return flag === null ? believed : { ...believed, receiptFlag: flag };
}
