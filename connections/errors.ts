import { OPERATOR_ERRORS } from '../operators/model/errors.js';
import { STREAM_ERRORS, StreamError } from '../streams/errors.js';
import { HTTP_ERRORS } from './http-errors.js';

/** What is known of an error by its code; docs/errors.md is made of it. */
export interface ErrorKind {
  /** When it comes, in a sentence. */
  readonly when: string;
  /** What to do about it, in a sentence or two. */
  readonly remedy: string;
  /** With what HTTP status the gateway answers it. */
  readonly statusCode?: number;
  /** With what a command exits that ends by it; 1 where it is not said. */
  readonly exitCode?: 2;
}

/** Every error of the product, by its code. A code is never given to something else: people look it up. */
export const ERRORS = {
  // How a command is used.
  OMS_WRONG_USE: {
    when: 'A command was given options or arguments that it does not take, or that do not go together.',
    remedy: 'The sentence says what it takes; --help has an example.',
    exitCode: 2,
  },
  OMS_BAD_SETTING: {
    when: 'An environment variable has a wrong value, or two contradict each other.',
    remedy: 'Set each that is named to what the sentence expects; .env.example lists them all.',
  },
  OMS_FILE_UNUSABLE: {
    when: 'A file cannot be read or written.',
    remedy: 'Look at its path, the rights to it and the room on the disk.',
  },
  OMS_NOT_AGREED: {
    when: 'A command asked before what cannot be undone, and the answer was not yes.',
    remedy: 'Nothing was changed. Answer y, or add --yes.',
  },
  OMS_INTERRUPTED: {
    when: 'Ctrl-C or SIGTERM ended a command before it was done.',
    remedy: 'The sentence says what is done and what goes on from there.',
  },
  OMS_ROUTE_WITHOUT_SCOPE: {
    when: 'The gateway has a route that names no scope: whether it is open was not decided.',
    remedy: 'Give the route a config with its scope, see gateway/scopes.ts.',
  },
  OMS_PROCESS_ENDED: {
    when: 'One of several processes of a command ended by itself, and the others were stopped.',
    remedy: 'See what that process said last; start the command again.',
  },
  OMS_THREAD_ENDED: {
    when: 'A thread ended before it had done its work, mostly for lack of memory.',
    remedy: 'Do it again; if it ends again, give the process more memory or the input in parts.',
  },

  // Kafka.
  OMS_NO_KAFKA: {
    when: 'Nothing says where Kafka is.',
    remedy: 'Run "npm start" here, or set KAFKA_BROKERS=host:port.',
  },
  OMS_KAFKA_AWAY: {
    when: 'No broker answers.',
    remedy: 'Start Kafka, or set KAFKA_BROKERS to where it is. Services wait for it by themselves.',
  },
  OMS_KAFKA_FAILED: {
    when: 'Kafka, or its client, refused something for a reason of its own.',
    remedy: "Look the sentence up in Kafka's documentation, and at the broker's log.",
  },
  OMS_TOPICS_MISSING: {
    when: 'Topics that are needed are not there.',
    remedy: 'Create them with "oms topics --create".',
  },
  OMS_PARTITIONS_DIFFER: {
    when: 'A topic has another number of partitions than OMS_PARTITIONS says.',
    remedy: 'Set OMS_PARTITIONS to what the topics have, or begin with a new OMS_TOPIC_PREFIX.',
  },
  OMS_BAD_REPLICATION: {
    when: 'OMS_REPLICATION or OMS_MIN_IN_SYNC asks for more than there are brokers or replicas.',
    remedy: 'Ask for less, or start more brokers.',
  },
  OMS_WEAK_REPLICATION: {
    when: 'Topics have fewer replicas, or need fewer in sync, than is meant.',
    remedy: "Raise them with Kafka's tools, or set OMS_REPLICATION and OMS_MIN_IN_SYNC to what is meant.",
  },
  OMS_NO_APPEND_TIME: {
    when: 'The records of a topic carry the time that their sender tells, not that of their append.',
    remedy: 'Run "oms topics --create": it sets message.timestamp.type=LogAppendTime. Then start place again.',
  },
  OMS_OTHER_LOG: {
    when: "The database has read more of a topic than there is: Kafka's data was lost, or the topic was made anew.",
    remedy: 'Bring the data back if you can. If not, run "oms topics --begin-anew" once.',
  },
  OMS_RETENTION_GAP: {
    when: STREAM_ERRORS.OMS_RETENTION_GAP,
    remedy:
      'Start once with --accept-gap to go on at the first record that is left without what is missing, and reconcile that time.',
  },
  OMS_LEFT_BEHIND: {
    when: STREAM_ERRORS.OMS_LEFT_BEHIND,
    remedy: 'Start it again: what was not committed is read again.',
  },
  OMS_OFFSETS_UNSETTLED: {
    when: STREAM_ERRORS.OMS_OFFSETS_UNSETTLED,
    remedy: 'Start it again when the broker has come to rest.',
  },

  // Records, snapshots and stages.
  OMS_RECORD_UNREADABLE: {
    when: OPERATOR_ERRORS.OMS_RECORD_UNREADABLE,
    remedy: 'It is left out or set aside. "oms doctor" names it and says what takes it away; mend who writes it.',
  },
  OMS_NO_UNREADABLE_RECORD: {
    when: 'The record that should be taken away is readable, replaced, or was never there.',
    remedy: 'Nothing need be done; "oms doctor" names those there are.',
  },
  OMS_UNKNOWN_VERSION: {
    when: OPERATOR_ERRORS.OMS_UNKNOWN_VERSION,
    remedy: 'Run a program that is at least as new as the one that wrote it.',
  },
  OMS_UNKNOWN_MEANING: {
    when: OPERATOR_ERRORS.OMS_UNKNOWN_MEANING,
    remedy:
      'Run a version that knows it: "oms meaning list" says which numbers a program knows. The stage stands until then.',
  },
  OMS_SNAPSHOT_OF_OTHER_KEY: {
    when: OPERATOR_ERRORS.OMS_SNAPSHOT_OF_OTHER_KEY,
    remedy: 'Nothing: the stage rebuilds the state from the log, and writes the snapshot anew.',
  },
  OMS_SNAPSHOT_UNREADABLE: {
    when: STREAM_ERRORS.OMS_SNAPSHOT_UNREADABLE,
    remedy: 'Nothing: the stage rebuilds the state from the log, and writes the snapshot anew.',
  },
  OMS_KEY_UNREADABLE: {
    when: STREAM_ERRORS.OMS_KEY_UNREADABLE,
    remedy: 'The record is left out. "oms doctor" names it; mend who writes it.',
  },
  OMS_RECORD_FAILED: {
    when: STREAM_ERRORS.OMS_RECORD_FAILED,
    remedy: 'The record is tried once more, and then set aside on oms.rejected with the reason. Report it as a defect.',
  },
  OMS_ROW_UNREADABLE: {
    when: 'The sink cannot make rows of a record.',
    remedy: 'The record is set aside in oms.rejected with the reason; mend who writes it.',
  },
  OMS_BAD_CELL: {
    when: 'A value cannot be written into its column, or a row has too few or too many.',
    remedy: 'The record that it is of is set aside in oms.rejected with the reason. Report it as a defect.',
  },
  OMS_SINK_OVERTAKEN: {
    when: 'Another sink has written the same partitions meanwhile.',
    remedy: 'Nothing: it reads again from where the other one is.',
  },
  OMS_BAD_TOPOLOGY: { when: STREAM_ERRORS.OMS_BAD_TOPOLOGY, remedy: 'Report it as a defect.' },
  OMS_STAGE_UNATTENDED: {
    when: 'A stage has no process, or partitions that no process has.',
    remedy: 'Start the stages that are named with "oms pipeline", or restart them.',
  },
  OMS_STAGE_STANDS: {
    when: 'A stage is behind and does not get on.',
    remedy: 'See what its process says, and restart it.',
  },
  OMS_STAGE_BEHIND: {
    when: 'A stage falls behind more and more, or has not yet taken in what is asked for.',
    remedy: 'Wait until "oms lag" shows 0; start more processes of it if it does not catch up.',
  },
  OMS_STAGE_DEGRADED: {
    when: 'A process is silent, or says that not all is well.',
    remedy: 'The sentence says what; see what the process says.',
  },

  // The database.
  OMS_NO_DATABASE: {
    when: 'Nothing says where PostGIS is.',
    remedy: 'Run "npm start" here, or set DATABASE_URL=postgres://...',
  },
  OMS_DATABASE_AWAY: {
    when: 'The database does not answer, or ended the connection.',
    remedy: 'Start it, or set DATABASE_URL to where it is. Services wait for it by themselves.',
  },
  OMS_DATABASE_REFUSES: {
    when: 'The database knows no such database, user or password.',
    remedy: 'Set DATABASE_URL to one that is there.',
  },
  OMS_DATABASE_FULL: {
    when: 'The database has no room: its disk, its memory or its connections are used up.',
    remedy: 'Make room, or raise max_connections. What was not committed is done again.',
  },
  OMS_DATABASE_FAILED: {
    when: 'The database refused a statement for a reason of its own.',
    remedy: "Look the sentence up in PostgreSQL's documentation, and at the server's log.",
  },
  OMS_NO_SCHEMA: {
    when: 'The database has no schema, or not that of this version.',
    remedy: 'Run "oms migrate".',
  },
  OMS_NO_SCHEMA_VERSION: {
    when: 'There is no such version of the schema.',
    remedy: 'Name one up to the newest, which the sentence says.',
  },
  OMS_BAD_INSTALLATION: {
    when: 'The scripts of the schema are missing, or one is not what it should be.',
    remedy: 'Reinstall the project.',
  },

  // The network, rules and what nobody could place.
  OMS_BAD_NETWORK: {
    when: 'A network has errors: each is named with its file and line or feature.',
    remedy: 'Mend them and import it again; nothing was changed.',
  },
  OMS_NO_NETWORK: {
    when: 'The database has no network, so no event has a place.',
    remedy: 'Import one with "oms network import DIR".',
  },
  OMS_NETWORK_HALF_PUBLISHED: {
    when: 'The database has a new network, and the stages have not all of it.',
    remedy: 'Import it again: it goes on.',
  },
  OMS_BAD_RULE_SET: {
    when: OPERATOR_ERRORS.OMS_BAD_RULE_SET,
    remedy: 'The sentence names the file and the field; docs/contract.md says what each is.',
  },
  OMS_BAD_KEY: { when: OPERATOR_ERRORS.OMS_BAD_KEY, remedy: 'Write it as SUBSTATION/FEEDER, such as S2/S2-F1.' },
  OMS_BAD_TIME_ZONE: {
    when: OPERATOR_ERRORS.OMS_BAD_TIME_ZONE,
    remedy: 'Write UTC, an offset such as +03:00, or a zone such as Asia/Amman.',
  },
  OMS_BAD_SOURCE_CODES: {
    when: OPERATOR_ERRORS.OMS_BAD_SOURCE_CODES,
    remedy: 'The sentence names what is wrong in it; docs/operation.md has an example.',
  },
  OMS_EVENT_REFUSED: {
    when: OPERATOR_ERRORS.OMS_EVENT_REFUSED,
    remedy: 'It is counted by its reason and kept on oms.rejected; mend who sends it.',
  },
  OMS_EVENTS_REFUSED: {
    when: 'The gateway refused events that a command sent.',
    remedy: 'See its answers by status, and the log of the gateway.',
  },
  OMS_NO_UNPLACED_EVENT: {
    when: 'There is no unplaced event of that name, or none that can be placed.',
    remedy: '"oms unplaced list" shows those there are.',
  },
  OMS_PLACED_ALREADY: {
    when: 'An unplaced event was placed before.',
    remedy: 'Nothing, or add --again to place it once more.',
  },

  // Backfill and reconciliation.
  OMS_BAD_HISTORY: {
    when: 'A file, table or mapping of a backfill is not what it should be as a whole.',
    remedy: 'The sentence names it and what would be right; docs/backfill.md has examples. Nothing was published.',
  },
  OMS_RUN_HELD: { when: 'Another process is at the same run.', remedy: 'Wait until it has ended.' },
  OMS_RUN_UNFINISHED: {
    when: 'A run has not come to its end.',
    remedy: 'Go on with it by the command that the sentence names.',
  },
  OMS_NOTHING_STORED: {
    when: 'The stored log has no outage event in the range of a run.',
    remedy: 'Name a range in which there are some: the sentence says from when to when.',
  },
  OMS_RETENTION_OVER: {
    when: 'Raw events of the range of a run are not kept any more.',
    remedy: 'Begin at the time that the sentence names, or keep them longer with OMS_RAW_RETENTION_DAYS.',
  },
  OMS_ENGINES_DIFFER: {
    when: 'The two engines of the contract made different outages of the same log.',
    remedy: 'Report it with the JSON report: it is a defect of one of them.',
  },
  OMS_FINDINGS: {
    when: 'A reconciliation has findings, and --fail-on-findings asks for a failure then.',
    remedy: 'Read the report; --repair mends what can be mended.',
  },
  OMS_REPAIR_REJECTED: {
    when: 'The stream did not take a repair, mostly because the outage has changed since.',
    remedy: 'Reconcile with --again and see what is left.',
  },

  // The gateway, seen from a command, and the simulator.
  OMS_GATEWAY_AWAY: {
    when: 'The gateway does not answer.',
    remedy: 'Run "oms gateway", or set OMS_PORTS or --gateway to where it listens.',
  },
  OMS_OTHER_GATEWAY: {
    when: 'What answers is no gateway, or that of another installation.',
    remedy: 'Set OMS_PORTS to where yours listens.',
  },
  OMS_GATEWAY_NOT_READY: {
    when: 'The gateway answers and lacks something that it needs.',
    remedy: 'The sentence says what it lacks.',
  },
  OMS_BAD_STORM: {
    when: 'A storm or a demonstration network cannot be made of what was asked for.',
    remedy: 'The sentence says what can be asked for.',
  },
  OMS_UNSCORABLE: {
    when: 'A truth, or what a diagnosis says, has lines that are no faults, so that no score of it would mean anything.',
    remedy: 'Each is named with its line. "oms storm --truth" and "oms diagnose" write such files.',
  },

  ...HTTP_ERRORS,
} as const satisfies Readonly<Record<string, ErrorKind>>;

export type ErrorCode = keyof typeof ERRORS;

const FAILED = 1;

/** An error of the product: a code to look it up by, and a sentence for people. */
export class OmsError extends Error {
  override name = 'OmsError';

  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** With what a command exits that ends by an error. */
export function exitCodeOf(code: ErrorCode): number {
  const kind: ErrorKind = ERRORS[code];
  return kind.exitCode ?? FAILED;
}

/** The code of whatever was thrown: its own, or that of what threw it; OMS_INTERNAL for what nobody foresaw. */
export function codeOf(thrown: unknown): ErrorCode {
  const { code, name = '', severity } = thrown as { code?: unknown; name?: string; severity?: unknown };
  if (typeof code === 'string' && Object.hasOwn(ERRORS, code)) return code as ErrorCode;
  if (typeof code === 'number' || name.startsWith('KafkaJS')) return 'OMS_KAFKA_FAILED';
  if (severity !== undefined) return 'OMS_DATABASE_FAILED';
  return 'OMS_INTERNAL';
}

/** What people are told of whatever was thrown. The library says what is: what to do about it is said here. */
export function sentenceOf(thrown: unknown): string {
  const sentence = (thrown as Error).message || String(thrown);
  return thrown instanceof StreamError ? `${sentence} ${ERRORS[thrown.code].remedy}` : sentence;
}
