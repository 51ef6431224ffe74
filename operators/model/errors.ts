/**
 * What operators throw: each code with when that is. What to do about it stands with the codes of the whole product, in
 * connections/errors.ts.
 */
export const OPERATOR_ERRORS = {
  OMS_EVENT_REFUSED: 'What a source sent cannot be understood as an event.',
  OMS_BAD_RULE_SET: 'The file of a rule set is not JSON, or a field of it is not what it should be.',
  OMS_BAD_KEY: 'A text that should name a feeder is not SUBSTATION/FEEDER.',
  OMS_BAD_TIME_ZONE: 'A text that should name a time zone is neither UTC, an offset nor a zone of the IANA tables.',
  OMS_BAD_SOURCE_CODES: 'The file of codes and words of sources is not what it should be.',
  OMS_RECORD_UNREADABLE: 'A record of a topic is not what that topic holds.',
  OMS_UNKNOWN_VERSION:
    'A record of the log, or a snapshot of a state, is of a version that this program does not read.',
  OMS_UNKNOWN_MEANING: 'A log, or a snapshot, is of a meaning of the contract that this program does not know.',
  OMS_SNAPSHOT_OF_OTHER_KEY: 'The snapshot of a key holds the state of another key.',
} as const;

export type OperatorErrorCode = keyof typeof OPERATOR_ERRORS;

/** An error of an operator: a code to look it up by, and a sentence for people. */
export class OperatorError extends Error {
  override name = 'OperatorError';

  constructor(
    readonly code: OperatorErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** That a record is not what its topic holds. */
export function unreadable(sentence: string, options?: ErrorOptions): OperatorError {
  return new OperatorError('OMS_RECORD_UNREADABLE', sentence, options);
}
