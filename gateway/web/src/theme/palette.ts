import type { Severity } from '../../../../operators/model/outage.js';
import { bySource, type Source } from '../../../../operators/model/source.js';

export type Theme = 'dark' | 'light';
/** What a person chooses: a theme, or that of the system. */
export type ThemeChoice = Theme | 'system';

/** Every colour of page and map. The page has them as custom properties, which stylesheet.ts makes of this. */
export interface Palette {
  /** What lies behind: the page and its map, panes, heads, a row under the pointer, a chosen one. */
  readonly surface: Readonly<Record<'ground' | 'panel' | 'raised' | 'hover' | 'selected', string>>;
  /** What is written: what matters most, the rest, what accompanies; links; what is well, what is not. */
  readonly ink: Readonly<Record<'strong' | 'text' | 'faint' | 'accent' | 'good' | 'warn', string>>;
  readonly line: string;
  readonly controlLine: string;
  readonly shadow: string;
  readonly severity: Readonly<Record<Severity, string>>;
  /** The badge of a critical outage is filled. */
  readonly criticalFill: { readonly ground: string; readonly ink: string };
  readonly restored: string;
  readonly source: Readonly<Record<Source, string>>;
  /** What only the map draws. */
  readonly map: {
    /** Muted, cycled through by feeder: they tell neighbours apart and leave the stage to the outages. */
    readonly feeders: readonly string[];
    readonly feederUnknown: string;
    readonly feederSelected: string;
    readonly device: string;
    readonly distributionPoint: string;
    readonly substation: string;
    readonly outline: string;
    readonly selection: string;
  };
}

/** Night work: dark by default, light where the system or the dispatcher asks for it. */
export const PALETTES: Readonly<Record<Theme, Palette>> = {
  dark: {
    surface: { ground: '#0b1016', panel: '#111820', raised: '#1a232d', hover: '#18212b', selected: '#1d2c3c' },
    ink: {
      strong: '#f4f7fa',
      text: '#dbe3ea',
      faint: '#91a0ae',
      accent: '#5cb8f5',
      good: '#5fd3a0',
      warn: '#ffb454',
    },
    line: '#26323e',
    controlLine: '#4a5a69',
    shadow: 'rgb(0 0 0 / 35%)',
    severity: { critical: '#ff6b6f', high: '#ff9d3c', medium: '#f2d14e', low: '#5cb8f5' },
    criticalFill: { ground: '#c8232c', ink: '#ffffff' },
    restored: '#8593a0',
    source: bySource((_, { colours }) => colours.dark),
    map: {
      feeders: ['#3f6f86', '#6b6296', '#4f7f60', '#86714b', '#855a75', '#4a6ea6', '#6f7d46', '#8d6156'],
      feederUnknown: '#4b5a68',
      feederSelected: '#22303f',
      device: '#93a1b0',
      distributionPoint: '#5d6c7b',
      substation: '#e3eaf1',
      outline: '#0b1016',
      selection: '#ffffff',
    },
  },
  light: {
    surface: { ground: '#e9edf1', panel: '#ffffff', raised: '#eef2f5', hover: '#f3f6f9', selected: '#e0edf9' },
    ink: {
      strong: '#0e1720',
      text: '#24313c',
      faint: '#566572',
      accent: '#1567b8',
      good: '#12744c',
      warn: '#8f5200',
    },
    line: '#d5dde4',
    controlLine: '#8896a3',
    shadow: 'rgb(0 0 0 / 35%)',
    severity: { critical: '#c01f2a', high: '#ae4e00', medium: '#806300', low: '#1567b8' },
    criticalFill: { ground: '#c01f2a', ink: '#ffffff' },
    restored: '#5e6b76',
    source: bySource((_, { colours }) => colours.light),
    map: {
      feeders: ['#6fa0b8', '#9c92c4', '#7cae8d', '#b59f78', '#b98aa8', '#7d9fd0', '#a0ad73', '#bd9188'],
      feederUnknown: '#9aa8b5',
      feederSelected: '#c4d6ea',
      device: '#55636f',
      distributionPoint: '#8a98a5',
      substation: '#17212b',
      outline: '#ffffff',
      selection: '#0b1016',
    },
  },
};
