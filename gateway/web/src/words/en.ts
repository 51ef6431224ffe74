import type { Reach } from '../../../../operators/model/event.js';
import type { Flag } from '../../../../operators/model/flags.js';
import type { Severity } from '../../../../operators/model/outage.js';
import type { TimelineWord } from '../../../../operators/model/timeline.js';
import { bySource } from '../../../../operators/model/source.js';
import type { Status } from '../../../../operators/model/status.js';
import type { ThemeChoice } from '../theme/palette.js';
import { formatOf, type Forms } from './format.js';

const format = formatOf('en-GB', { s: 's', min: 'min', h: 'h', d: 'd', m: 'm', km: 'km', percent: '%' });
const { count } = format;

/** A change of an outage, as its sentence needs it: statuses in words, ids short, null where nothing is said. */
type Change = (to: string | null, from: string | null) => string;

/** English. */
export const en = {
  /** For the `lang` and `dir` of the document. */
  language: 'en',
  direction: 'ltr' as 'ltr' | 'rtl',
  format,

  product: 'OMS',
  /** The title of the tab, which tells what is open while another is in front. */
  tab: (open: number) => (open > 0 ? `(${open}) OMS` : 'OMS'),
  /** A figure that is not known, which is not nought. */
  unknown: '–',

  status: {
    detected: 'Detected',
    confirmed: 'Confirmed',
    in_progress: 'Crew on it',
    partially_restored: 'Partly restored',
    restored: 'Restored',
    closed: 'Closed',
    cancelled: 'Cancelled',
    merged: 'Merged',
  } satisfies Record<Status, string>,
  severity: { critical: 'Critical', high: 'High', medium: 'Medium', low: 'Low' } satisfies Record<Severity, string>,
  source: bySource((_, { words }) => words.name),
  reporters: bySource<Forms>((_, { words }) => ({ one: words.one, other: words.many })),
  noReporters: 'none',
  list: (items: readonly string[]) => items.join(', '),
  notes: (items: readonly string[]) => items.join('; '),
  /** What a flag of an outage or an event means. */
  flag: {
    clockSuspect: 'device clock not plausible; time of receipt used',
    contradictsRegistry: 'its ids contradict the network; the network was followed',
    coordinatesIgnored: 'its coordinates are incomplete or lie too far off; those of the network used',
    placedByCoordinates: 'placed by its coordinates',
    placedByHand: 'placed by hand',
    reachIgnored: 'reach ignored',
    receiptAhead: 'said to be received in the future; time of arrival used',
    receiptLost: 'said to be received over a year before; time of arrival used',
    reopened: 'reopened after it was closed',
    unverified: 'restored without word from all',
  } satisfies Record<Flag, string>,

  pages: { outages: 'Outages' },
  header: {
    views: 'Views',
    open: 'open outages',
    customersOut: 'customers out',
    critical: 'critical',
    localTime: 'Local time',
    colours: 'Colours',
    theme: { system: 'System colours', dark: 'Dark', light: 'Light' } satisfies Record<ThemeChoice, string>,
  },
  connection: {
    state: { connecting: 'Connecting', live: 'Live', reconnecting: 'Reconnecting' },
    lasting: (age: string) => ` for ${age}`,
    interrupted: 'Live updates are interrupted.',
    fetched: (everyS: number) => `The list is fetched every ${count(everyS)} s meanwhile`,
    lastFetched: (clock: string) => `, last at ${clock}.`,
    neverFetched: '.',
    retryIn: (wait: string) => `trying again in ${wait}`,
    retryNow: 'trying again now',
    asOf: (clock: string) => `What you see is as of ${clock}.`,
    nothingKnown: 'Nothing is known yet.',
  },
  /** Why a request brought no answer of use; sentences without the full stop. */
  failure: {
    unreachable: 'Cannot reach the gateway',
    refused: (status: number) => `The gateway answered ${status}`,
    unreadableList: 'The list of outages could not be read',
    unreadableAnswer: 'The answer could not be read',
  },
  page: {
    failed: 'This page has failed. Outages are still being recorded; nothing is lost.',
    reload: 'Load the page again',
  },

  map: {
    name: 'Map of the network and its outages',
    noWebGl: 'The map needs WebGL, which this browser does not offer. The list works without it.',
    noNetwork: 'No network has been imported yet',
    legend: 'Colours of outages',
    size: 'size: customers out',
    wholeNetwork: 'Whole network',
    device: (type: string, deviceId: string, feederId: string) => `${type} ${deviceId} · ${feederId}`,
    member: (parts: readonly string[]) => parts.join(' · '),
    outage: (severity: string, feederId: string, customersOut: number, status: string, id: string) =>
      `${severity} · ${feederId} · ${count(customersOut)} out · ${status} · ${id}`,
  },

  outages: {
    name: 'Open outages',
    none: 'No open outages',
    fetching: 'Fetching the open outages…',
    notKnown: 'Not known yet: the list could not be fetched',
    noMatch: 'No outage matches the filter',
    rows: 'Outages, arrow keys to move, Enter to open',
    sortBy: 'Sort by',
    sort: { severity: 'Severity', customersOut: 'Customers', newest: 'Detected' },
    sortTitle: { severity: 'Sort by severity', customersOut: 'Sort by customers', newest: 'Sort by detected' },
    /** How many of all the filter lets through, and whether the order is held; null: all of them. */
    shown: (rows: number | null, all: number, held: boolean) => {
      if (rows === null) return held ? 'Order held' : '';
      return `${count(rows)} of ${count(all)}${held ? ' · order held' : ''}`;
    },
    filter: 'Filter outages',
    find: 'Find by id, feeder, crew…',
    findLabel: 'Find by id, feeder, substation, severity or crew',
    feeder: 'Feeder',
    allFeeders: 'All feeders',
    status: 'Status',
    anyStatus: 'Any status',
    clear: 'Clear',
    isNew: 'New',
    acknowledged: 'Ack',
    substation: 'Substation',
    confidence: 'Confidence',
    confidenceIs: (confidence: number) => `· ${format.percent(confidence)}`,
    out: 'out',
    ofAffected: (customers: number) => `of ${count(customers)}`,
  },

  detail: {
    name: (id: string) => `Outage ${id}`,
    heading: (feederId: string, status: string) => `${feederId} · ${status}`,
    unknownHeading: 'Outage',
    showOnMap: 'Show on map',
    close: 'Close the detail (Escape)',
    followed: (id: string) => `Outage ${id} merged into this one, which has all of its reports.`,
    noSuch: 'No outage has this id. Check the link, or choose one from the list.',
    failed: (why: string, shown: boolean) =>
      `${why}; trying again. ${shown ? 'What is shown may be out of date.' : ''}`,
    fetching: 'Fetching the outage…',
    fetchingEvents: 'Fetching its events…',
    members: 'Why these reports belong together',
    behind: 'More has come in; the table follows in a moment.',
    timeline: 'Timeline',
  },
  facts: {
    customersOut: 'customers out',
    affected: 'affected in all',
    confidence: 'confidence',
    sinceFirst: 'since first report',
    toRestoration: 'from first report to restoration',
    feeder: 'Feeder',
    substation: 'Substation',
    detected: 'Detected',
    lastReport: 'Last report',
    restored: 'Restored',
    momentary: 'momentary',
    crew: 'Crew',
    noCrew: 'none assigned',
    etr: 'Est. back',
    noEtr: 'not estimated',
    etrIn: (span: string) => `in ${span}`,
    overdue: (span: string) => `overdue by ${span}`,
    seenBy: 'Seen by',
    seenByNobody: 'nobody yet',
    reporters: 'Reporters',
    assetsOut: 'Assets out',
    ofReporters: (assets: number) => `of ${format.counted(assets, { one: 'reporter', other: 'reporters' })}`,
    centre: 'Centre',
    rules: 'Rules',
    incident: 'Incident',
    substationEvent: 'substation event',
    mergedInto: 'Merged into',
    note: 'Note',
  },
  members: {
    source: 'Source',
    asset: 'Asset',
    time: 'Time',
    why: 'Why it belongs here',
    show: (name: string, type: string) => `${name}, ${type}: show on the map`,
    more: (n: number) => `Show ${count(n)} more`,
    hidden: (n: number) => `${count(n)} not shown here; the map has all`,
  },

  /** Why a member belongs to its outage; `partner` is the event it links to. */
  link: {
    supplyBack: {
      point: 'Reports supply back',
      feeder: 'Reports supply back for the whole feeder',
      substation: 'Reports supply back for the whole substation',
    } satisfies Record<Reach, string>,
    opened: 'Opened the outage',
    openedMerged: 'Opened an outage that merged into this one',
    takenIn: 'Taken in by a correction',
    /** How it came in, and what it gathers. */
    andGathers: {
      feeder: (how: string) => `${how}; feeder breaker: gathers the whole feeder`,
      substation: (how: string) => `${how}; substation: gathers every feeder of it`,
    },
    gathers: {
      feeder: (span: string, partner: string) =>
        `Feeder breaker: gathers the whole feeder within the time window, ${span} from ${partner}`,
      substation: (span: string, partner: string) =>
        `Substation: gathers every feeder of it within the time window, ${span} from ${partner}`,
    },
    gathered: (span: string, partner: string) =>
      `Gathered by ${partner}, which speaks for the whole feeder, ${span} apart`,
    stillOut: (span: string, partner: string) => `Says what ${partner} said, ${span} apart: still out`,
    near: (distanceM: number, span: string, partner: string) =>
      `${distanceM === 0 ? 'Same place' : format.distance(distanceM)} and ${span} from ${partner}`,
  },

  timeline: {
    nothing: 'Nothing has happened yet',
    byCorrelation: (cause: string | null) => (cause === null ? 'by correlation' : `by correlation, on ${cause}`),
    by: (author: string) => `by ${author}`,
    unknownStatus: 'unknown',
    what: {
      opened: () => 'Opened',
      status: (to, from) => (from ? `${from} → ${to}` : `Became ${to}`),
      merged: (to) => (to ? `Merged into ${to}` : 'Merged into another outage'),
      absorbed: (to) => (to ? `Took in ${to}: both are one outage` : 'Took in another outage'),
      reopened: () => 'Reopened: supply failed again',
      amend: (to, from) => `Corrected: ${from ?? '?'} → ${to ?? '?'} reports`,
      crew: (to) => (to ? `Crew ${to} assigned` : 'Crew assigned'),
      crewLeft: (to) => (to ? `Crew ${to} left` : 'Crew left'),
      confirm: () => 'Confirmed by hand',
      cancel: () => 'Cancelled',
      acknowledge: () => 'Acknowledged',
      etr: () => 'Estimated restoration changed',
      note: () => 'Note',
      restore: () => 'Declared restored',
      close: () => 'Closed',
    } satisfies Record<TimelineWord, Change> as Record<TimelineWord, Change>,
  },
};
