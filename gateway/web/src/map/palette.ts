import { bySource } from '../../../../operators/model/source.js';
import type { Severity, Source } from '../api/outages.js';

/** Colours of the map; those of the page are in theme.css, with the same severities. */
export interface MapPalette {
  readonly background: string;
  /** Muted, cycled through by feeder: they tell neighbours apart and leave the stage to the outages. */
  readonly feeders: readonly string[];
  readonly feederUnknown: string;
  readonly feederSelected: string;
  readonly device: string;
  readonly distributionPoint: string;
  readonly substation: string;
  readonly severity: Record<Severity, string>;
  readonly restored: string;
  readonly outline: string;
  readonly selection: string;
  readonly source: Record<Source, string>;
  readonly link: string;
}

export const DARK: MapPalette = {
  background: '#0b1016',
  feeders: ['#3f6f86', '#6b6296', '#4f7f60', '#86714b', '#855a75', '#4a6ea6', '#6f7d46', '#8d6156'],
  feederUnknown: '#4b5a68',
  feederSelected: '#22303f',
  device: '#93a1b0',
  distributionPoint: '#5d6c7b',
  substation: '#e3eaf1',
  severity: { critical: '#ff5a5f', high: '#ff9d3c', medium: '#f2d14e', low: '#5cb8f5' },
  restored: '#6d7a87',
  outline: '#0b1016',
  selection: '#ffffff',
  source: bySource((_, { colours }) => colours.dark),
  link: '#7ee0c3',
};

export const LIGHT: MapPalette = {
  background: '#e9edf1',
  feeders: ['#6fa0b8', '#9c92c4', '#7cae8d', '#b59f78', '#b98aa8', '#7d9fd0', '#a0ad73', '#bd9188'],
  feederUnknown: '#9aa8b5',
  feederSelected: '#c4d6ea',
  device: '#55636f',
  distributionPoint: '#8a98a5',
  substation: '#17212b',
  severity: { critical: '#d3232f', high: '#d96a00', medium: '#b08900', low: '#1a73c9' },
  restored: '#98a4af',
  outline: '#ffffff',
  selection: '#0b1016',
  source: bySource((_, { colours }) => colours.light),
  link: '#0c7f63',
};
