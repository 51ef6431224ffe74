import { describe, expect, it } from 'vitest';
import { SEVERITIES } from '../../../../operators/model/outage.js';
import { SOURCES } from '../../../../operators/model/source.js';
import { PALETTES, type Palette } from './palette.js';
import { paletteStylesheet } from './stylesheet.js';

/** The least contrast of text by WCAG 2.2, level AA. */
const AA = 4.5;

/** Relative luminance of `#rrggbb`, 0 to 1 (WCAG 2.2). */
function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const share = parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

function contrast(a: string, b: string): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light! + 0.05) / (dark! + 0.05);
}

/** All that is written or drawn on the surfaces of the page, by name. */
function inksOf({ ink, severity, restored, source }: Palette): [string, string][] {
  return Object.entries({ ...ink, ...severity, restored, ...source });
}

describe.each(Object.entries(PALETTES))('the %s palette', (_, palette) => {
  it('can be read: every ink on every surface', () => {
    const faint = Object.entries(palette.surface).flatMap(([surface, ground]) =>
      inksOf(palette)
        .filter(([, colour]) => contrast(colour, ground) < AA)
        .map(([name, colour]) => `${name} on ${surface}: ${contrast(colour, ground).toFixed(2)}`),
    );
    expect(faint).toEqual([]);
  });

  it('can be read: what is written on a fill', () => {
    const { criticalFill, ink, surface } = palette;
    expect(contrast(criticalFill.ink, criticalFill.ground)).toBeGreaterThanOrEqual(AA);
    expect(contrast(surface.ground, ink.good)).toBeGreaterThanOrEqual(AA);
  });
});

it('the style sheet has each severity and each source in both themes', () => {
  const css = paletteStylesheet();
  for (const { severity, source } of Object.values(PALETTES)) {
    for (const name of SEVERITIES) expect(css).toContain(`--severity-${name}: ${severity[name]};`);
    for (const name of SOURCES) expect(css).toContain(`--source-${name}: ${source[name]};`);
  }
  expect(css).toContain("[data-source='onu'] {\n  --source: var(--source-onu);\n}");
});
