import { SEVERITIES } from '../../../../operators/model/outage.js';
import { SOURCES } from '../../../../operators/model/source.js';
import { PALETTES, type Palette } from './palette.js';

/**
 * The palettes as a style sheet. Each colour is a custom property of the root; an element with `data-severity` or
 * `data-source` has its own as `--severity` and `--source`.
 */
export function paletteStylesheet(): string {
  return [
    rule(':root', { 'color-scheme': 'dark', ...propertiesOf(PALETTES.dark) }),
    rule(":root[data-theme='light']", { 'color-scheme': 'light', ...propertiesOf(PALETTES.light) }),
    ...SEVERITIES.map((name) => rule(`[data-severity='${name}']`, { '--severity': `var(--severity-${name})` })),
    ...SOURCES.map((name) => rule(`[data-source='${name}']`, { '--source': `var(--source-${name})` })),
  ].join('\n');
}

/** Names of custom properties and their colours; what only the map draws is none of the style sheet's. */
function propertiesOf(palette: Palette): Record<string, string> {
  const { surface, ink, line, controlLine, shadow, severity, criticalFill, restored, source } = palette;
  return {
    ...named('', { ...surface, ...ink, line, 'control-line': controlLine, shadow, restored }),
    ...named('severity-', severity),
    ...named('critical-', criticalFill),
    ...named('source-', source),
  };
}

function named(prefix: string, colours: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(colours).map(([name, colour]) => [`--${prefix}${name}`, colour]));
}

function rule(selector: string, declarations: Readonly<Record<string, string>>): string {
  const lines = Object.entries(declarations).map(([name, value]) => `  ${name}: ${value};`);
  return `${selector} {\n${lines.join('\n')}\n}\n`;
}
