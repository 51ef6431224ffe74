import type { Failure } from '../api/request.js';
import { DATABASE_LAG_MS } from './openOutages.js';

/**
 * The states of the live feed. What is drawn is the stream; beside it the list is read, since a stream alone does not
 * know what it missed: once the stream is open (so that nothing falls between the two), after each interruption, and
 * every ten seconds while there is no stream.
 *
 * ```mermaid
 * stateDiagram-v2
 *   closed --> connecting: start
 *   connecting --> live: opened
 *   connecting --> retrying: broken
 *   connecting --> waiting: broken, gone
 *   live --> silent: probe due, nothing heard since the last
 *   silent --> live: heard
 *   live --> retrying: broken, or probe failed
 *   live --> waiting: broken, gone
 *   silent --> retrying: broken, or probe failed, or it found more than was heard
 *   silent --> waiting: broken, gone
 *   retrying --> live: opened
 *   retrying --> waiting: broken, gone
 *   waiting --> retrying: stream due
 * ```
 *
 * `retrying`: a source stands and tries, by itself or because it is new; `waiting`: the browser has given up, and the
 * next source is opened when the timer says so. Each state goes to `closed` on stop.
 */
export type StreamState = 'closed' | 'connecting' | 'live' | 'silent' | 'retrying' | 'waiting';

/** The timers of the feed; each runs once at most, and is set anew by who wants it again. */
export type Timer = 'list' | 'stream' | 'probe' | 'expiry';

export interface FeedState {
  readonly stream: StreamState;
  /** Since when people see the connection as it is, epoch ms. */
  readonly since: number;
  /** When the list was last known to be right, epoch ms; null: it never was. */
  readonly asOf: number | null;
  /** Why the list could not be read, and when it is tried again, epoch ms. */
  readonly failure: { readonly why: Failure; readonly retryAt: number } | null;
  /** How often reading failed, one after another. */
  readonly failures: number;
  /** All of the list has been read since the stream opened. */
  readonly listed: boolean;
  /** Something was heard since the last probe. */
  readonly heard: boolean;
  /** What the last probe found, of this connection; null: none has. */
  readonly newest: string | null;
  /** What is under way, by number; null: nothing. What an earlier one tells late has another number. */
  readonly source: number | null;
  readonly reading: number | null;
  readonly probing: number | null;
  readonly lastNumber: number;
}

export type FeedEvent =
  | { readonly type: 'start' }
  | { readonly type: 'stop' }
  | { readonly type: 'opened'; readonly source: number }
  /** `gone`: the browser has given the source up, as what answered was no stream (a proxy's 502). */
  | { readonly type: 'broken'; readonly source: number; readonly gone: boolean }
  | { readonly type: 'heard'; readonly source: number }
  /** All pages of the list are in; `unsettled` outages are kept though it lacks them, until a later list. */
  | { readonly type: 'listed'; readonly reading: number; readonly unsettled: number }
  | { readonly type: 'listFailed'; readonly reading: number; readonly why: Failure }
  /** The outage that was heard of last, whatever its form; empty: there is none. */
  | { readonly type: 'probed'; readonly probing: number; readonly newest: string }
  | { readonly type: 'probeFailed'; readonly probing: number }
  | { readonly type: 'due'; readonly timer: Timer };

/** What is to be done. What opens, reads or probes takes the place of what did so before. */
export type Effect =
  | { readonly do: 'open' | 'read' | 'probe'; readonly number: number }
  | { readonly do: 'close' | 'abortRead' | 'abortProbe' | 'expire' }
  | { readonly do: 'set'; readonly timer: Timer; readonly ms: number }
  | { readonly do: 'cancel'; readonly timer: Timer };

/** The list is read when the stream has opened, or after this time without it. */
export const STREAM_PATIENCE_MS = 3_000;
/** How often the list is read while there is no stream. */
export const POLL_MS = 10_000;
export const RETRY_MS = [2_000, 4_000, 8_000, 10_000] as const;
export const PROBE_MS = 15_000;
const EXPIRE_MS = 5_000;

export const CLOSED: FeedState = {
  stream: 'closed',
  since: 0,
  asOf: null,
  failure: null,
  failures: 0,
  listed: false,
  heard: false,
  newest: null,
  source: null,
  reading: null,
  probing: null,
  lastNumber: 0,
};

type Step = readonly [FeedState, readonly Effect[]];

/** What an event at `at` (epoch ms) makes of a state, and what is to be done. */
export function step(state: FeedState, event: FeedEvent, at: number): Step {
  if (event.type === 'start') return state.stream === 'closed' ? started(state, at) : [state, []];
  if (state.stream === 'closed') return [state, []];
  switch (event.type) {
    case 'stop':
      return stopped(state);
    case 'opened':
      return event.source === state.source && !isLive(state) ? opened(state, at) : [state, []];
    case 'broken':
      return event.source === state.source ? broken(state, event.gone, at) : [state, []];
    case 'heard':
      if (event.source !== state.source || state.heard || !isLive(state)) return [state, []];
      return [{ ...state, stream: 'live', heard: true }, []];
    case 'listed':
      return event.reading === state.reading ? listed(state, event.unsettled, at) : [state, []];
    case 'listFailed':
      return event.reading === state.reading ? listFailed(state, event.why, at) : [state, []];
    case 'probed':
      return event.probing === state.probing ? probed(state, event.newest, at) : [state, []];
    case 'probeFailed':
      // Unreachable, while the stream seems to stand.
      return event.probing === state.probing ? reopened(state, at) : [state, []];
    case 'due':
      return due(state, event.timer);
  }
}

/** Whether the stream tells what happens, as far as is known. */
export function isLive({ stream }: Pick<FeedState, 'stream'>): boolean {
  return stream === 'live' || stream === 'silent';
}

function started(state: FeedState, at: number): Step {
  const number = state.lastNumber + 1;
  const { asOf } = state;
  return [
    { ...CLOSED, stream: 'connecting', since: at, asOf, source: number, lastNumber: number },
    [
      { do: 'open', number },
      { do: 'set', timer: 'list', ms: STREAM_PATIENCE_MS },
      { do: 'set', timer: 'expiry', ms: EXPIRE_MS },
    ],
  ];
}

function stopped(state: FeedState): Step {
  const timers: readonly Timer[] = ['list', 'stream', 'probe', 'expiry'];
  return [
    { ...CLOSED, asOf: state.asOf, lastNumber: state.lastNumber },
    [
      { do: 'close' },
      { do: 'abortRead' },
      { do: 'abortProbe' },
      ...timers.map((timer) => ({ do: 'cancel', timer }) as const),
    ],
  ];
}

function opened(state: FeedState, at: number): Step {
  const [reading, effects] = read({ ...state, stream: 'live', since: at, heard: false, listed: false });
  return [reading, [...effects, { do: 'set', timer: 'probe', ms: PROBE_MS }]];
}

function broken(state: FeedState, gone: boolean, at: number): Step {
  const [cut, effects] = state.stream === 'retrying' ? [state, []] : interrupted(state, at);
  if (!gone) return [cut, effects];
  return [
    { ...cut, stream: 'waiting', source: null },
    [...effects, { do: 'close' }, { do: 'set', timer: 'stream', ms: retryMs(state) }],
  ];
}

/** A stream can die without the browser noticing (a proxy or a laptop that slept): another takes its place. */
function reopened(state: FeedState, at: number): Step {
  const [cut, effects] = interrupted(state, at);
  const number = cut.lastNumber + 1;
  return [{ ...cut, source: number, lastNumber: number }, [...effects, { do: 'close' }, { do: 'open', number }]];
}

function interrupted(state: FeedState, at: number): Step {
  const { since, asOf, listed } = state;
  return [
    {
      ...state,
      stream: 'retrying',
      since: isLive(state) ? at : since,
      // The page was right until now, if it ever had all of the list.
      asOf: listed ? at : asOf,
      listed: false,
      heard: false,
      newest: null,
      probing: null,
    },
    [{ do: 'set', timer: 'list', ms: retryMs(state) }, { do: 'cancel', timer: 'probe' }, { do: 'abortProbe' }],
  ];
}

function read(state: FeedState): Step {
  const number = state.lastNumber + 1;
  return [
    { ...state, reading: number, lastNumber: number },
    [
      { do: 'cancel', timer: 'list' },
      { do: 'read', number },
    ],
  ];
}

function listed(state: FeedState, unsettled: number, at: number): Step {
  const next: FeedState = { ...state, reading: null, failures: 0, failure: null, asOf: at, listed: isLive(state) };
  if (!isLive(state)) return [next, [{ do: 'set', timer: 'list', ms: POLL_MS }]];
  // A new source tells what happens from then on. What happened just before may not have reached the database when the
  // list was read, so the first one is read again.
  const isAgain = unsettled > 0 || !state.listed;
  return [next, isAgain ? [{ do: 'set', timer: 'list', ms: DATABASE_LAG_MS }] : []];
}

function listFailed(state: FeedState, why: Failure, at: number): Step {
  const ms = retryMs(state);
  return [
    { ...state, reading: null, failures: state.failures + 1, failure: { why, retryAt: at + ms } },
    [{ do: 'set', timer: 'list', ms }],
  ];
}

/** When more has happened than the stream told, and it told nothing at all, it is dead. */
function probed(state: FeedState, newest: string, at: number): Step {
  const isMoved = state.newest !== null && state.newest !== newest;
  if (state.stream === 'silent' && isMoved) return reopened(state, at);
  return [{ ...state, newest, probing: null }, []];
}

function due(state: FeedState, timer: Timer): Step {
  const number = state.lastNumber + 1;
  switch (timer) {
    case 'list':
      return read(state);
    case 'stream':
      if (state.stream !== 'waiting') return [state, []];
      return [{ ...state, stream: 'retrying', source: number, lastNumber: number }, [{ do: 'open', number }]];
    case 'probe':
      if (!isLive(state)) return [state, []];
      return [
        { ...state, stream: state.heard ? 'live' : 'silent', heard: false, probing: number, lastNumber: number },
        [
          { do: 'probe', number },
          { do: 'set', timer: 'probe', ms: PROBE_MS },
        ],
      ];
    case 'expiry':
      return [state, [{ do: 'expire' }, { do: 'set', timer: 'expiry', ms: EXPIRE_MS }]];
  }
}

function retryMs({ failures }: FeedState): number {
  return RETRY_MS[Math.min(failures, RETRY_MS.length - 1)]!;
}
