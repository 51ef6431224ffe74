/** Why something was set aside: the words that stand on `oms.rejected`, `oms.unplaced` and `oms.late`, for counting. */

/** Why a report was refused: it cannot be understood. */
export const REPORT_REJECTIONS = [
  'noValue',
  'tooLarge',
  'notJson',
  'notXml',
  'forbiddenXml',
  'wrongShape',
  'missingField',
  'unknownSource',
  'unknownKind',
  'unknownCode',
  'badTime',
  'badLatitude',
  'badLongitude',
  'badId',
] as const;
export type ReportRejection = (typeof REPORT_REJECTIONS)[number];

/** Why a command was not carried out. */
export const COMMAND_REJECTIONS = [
  /** There is no outage of this id, or it was settled long ago. */
  'unknownOutage',
  /** An amend names an outage that was cancelled: it takes no more. */
  'cancelledOutage',
  /** Of an outage that an amend states anew nothing would be left. */
  'noMembers',
] as const;
export type CommandRejection = (typeof COMMAND_REJECTIONS)[number];

/** What failed on a record: a defect, or a record that is none. */
export const FAILURES = [
  /** A stage: it does not know what to make of the record. */
  'operatorFailed',
  /** The sink: the database refuses the record. */
  'sinkFailed',
] as const;
export type Failure = (typeof FAILURES)[number];

/** All reasons on `oms.rejected`. */
export const REJECTIONS = [...REPORT_REJECTIONS, ...COMMAND_REJECTIONS, ...FAILURES] as const;

/** Why an event has no place. */
export const UNPLACED_REASONS = [
  /** The registry knows none of its ids, and it has no coordinates. */
  'unknownIds',
  /** No distribution point is near its coordinates. */
  'outsideNetwork',
  /** It names nothing and has no coordinates. */
  'nothingToGoBy',
] as const;
export type UnplacedReason = (typeof UNPLACED_REASONS)[number];

/** Why an event is late. */
export const LATE_REASONS = [
  /** The field told of it too late. */
  'receivedTooLate',
  /** It came to the log when its neighbours may have left. */
  'behindWatermark',
  /** A restoration of more than 7 days ago: it must end no outage of today. */
  'oldNews',
] as const;
export type LateReason = (typeof LATE_REASONS)[number];
