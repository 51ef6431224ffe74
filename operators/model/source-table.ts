/** What an id may be of: the kinds of asset that report. */
export type AssetKind = 'device' | 'meter' | 'onu' | 'customer';

/** All that is said of a source for itself. */
export interface SourceRow {
  /** Its number in columns and snapshots: below 60, fixed for ever, and never given to another. */
  readonly number: number;
  /** The topic on which its reports come, without the prefix of the installation. */
  readonly topic: string;
  /** What one of its reporters is worth where a rule set does not say, 0 to 1. */
  readonly weight: number;
  /** Which kinds of asset it speaks of, most likely first: so its ids are looked up. */
  readonly lookedUp: readonly [AssetKind, ...AssetKind[]];
  /** Set where the further ids of an event are other names of its asset: the first that the registry knows is it. */
  readonly namesOneAsset?: true;
  /** Whether it may speak for a feeder or a substation; else each of its reports is one of a point. */
  readonly speaksWide: boolean;
  /** What people call it, one of its reporters, several of them, and what it sends. */
  readonly words: { readonly name: string; readonly one: string; readonly many: string; readonly reports: string };
  /** Its colour on the map, by the ground of the page. */
  readonly colours: { readonly dark: string; readonly light: string };
}

/**
 * Who reports what happens in the field, by the name that stands on records and is the source's schema in the database:
 * small letters and underscores. Everything that lists sources is made of this table; docs/adding-a-source.md says how one
 * is added.
 */
export const SOURCE_TABLE = {
  scada: {
    number: 0,
    topic: 'scada-outage-topic',
    weight: 1,
    lookedUp: ['device', 'meter', 'onu', 'customer'],
    speaksWide: true,
    words: { name: 'SCADA', one: 'SCADA', many: 'SCADA', reports: 'SCADA alarms' },
    colours: { dark: '#ff8fdf', light: '#a50f80' },
  },
  kaifa: {
    number: 1,
    topic: 'hes-kaifa-outage-topic',
    weight: 0.8,
    lookedUp: ['meter', 'customer', 'onu', 'device'],
    namesOneAsset: true,
    speaksWide: false,
    words: { name: 'Meter', one: 'meter', many: 'meters', reports: 'Meter events of the Kaifa head-end system' },
    colours: { dark: '#7ee0c3', light: '#0b7259' },
  },
  onu: {
    number: 2,
    topic: 'onu-events-topic',
    weight: 0.6,
    lookedUp: ['onu', 'meter', 'customer', 'device'],
    speaksWide: false,
    words: { name: 'ONU', one: 'ONU', many: 'ONUs', reports: 'Alerts of optical network units' },
    colours: { dark: '#bda9ff', light: '#5b3fc4' },
  },
  call_center: {
    number: 3,
    topic: 'call_center_upstream_topic',
    weight: 0.4,
    lookedUp: ['customer', 'meter', 'onu', 'device'],
    speaksWide: false,
    words: { name: 'Call', one: 'call', many: 'calls', reports: 'Trouble calls' },
    colours: { dark: '#ffe08a', light: '#7d5f00' },
  },
} as const satisfies Record<string, SourceRow>;
