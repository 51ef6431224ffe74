/**
 * What the library throws: each code with when that is. It tells what is; what to do about it is for the program that uses
 * it to say.
 */
export const STREAM_ERRORS = {
  OMS_RETENTION_GAP: 'A topic was cut by its retention before it was read: what is needed of it is gone.',
  OMS_LEFT_BEHIND: 'The consumer group of a stage has gone on without this process.',
  OMS_OFFSETS_UNSETTLED: 'Kafka tells other committed offsets each time it is asked.',
  OMS_SNAPSHOT_UNREADABLE: 'A snapshot of a state is damaged, incomplete, of another version or of another log.',
  OMS_RECORD_FAILED: 'A stage threw on a record in the middle of its work.',
  OMS_KEY_UNREADABLE: 'The key of a record is not UTF-8.',
  OMS_BAD_TOPOLOGY: 'A topology cannot be built as it is written, or has no stage of a name.',
} as const;

export type StreamErrorCode = keyof typeof STREAM_ERRORS;

/** An error of the library: a code to look it up by, and a sentence that says what is. */
export class StreamError extends Error {
  override name = 'StreamError';

  constructor(
    readonly code: StreamErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
