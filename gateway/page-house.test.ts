import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { paletteStylesheet } from './web/src/theme/stylesheet.js';

/** The walls of the page; house.test.ts has those of the house. */

const WEB = new URL('./web/', import.meta.url).pathname;
const files = readdirSync(WEB, { recursive: true, encoding: 'utf8' });
const text = (file: string): string => readFileSync(join(WEB, file), 'utf8');

it('no colour stands outside the palette', () => {
  const COLOUR = /#(?:[\da-f]{8}|[\da-f]{6}|[\da-f]{3,4})\b|\b(?:rgb|hsl|hwb|lab|lch|oklab|oklch)a?\(/gi;
  const elsewhere = files
    .filter((file) => /\.(tsx?|css|html)$/.test(file) && file !== 'src/theme/palette.ts')
    .flatMap((file) => [...text(file).matchAll(COLOUR)].map(([colour]) => `${file}: ${colour}`));
  expect(elsewhere).toEqual([]);
});

it('the style sheets read no custom property that nobody sets', () => {
  const styles = files.filter((file) => file.endsWith('.css')).map(text);
  const set = new Set([paletteStylesheet(), ...styles].flatMap((css) => namesIn(css, /(--[\w-]+):/g)));
  const read = styles.flatMap((css) => namesIn(css, /var\((--[\w-]+)/g));
  expect(read.length).toBeGreaterThan(50);
  expect(read.filter((name) => !set.has(name))).toEqual([]);
});

it('the style sheets speak of start and end, as not every language begins at the left', () => {
  const SIDE =
    /^\s*(?:(?:margin|padding|border|inset)-)?(?:left|right)\b.*|^\s*(?:text-align|float|clear): (?:left|right).*/gm;
  const sides = files
    .filter((file) => file.endsWith('.css'))
    .flatMap((file) => [...text(file).matchAll(SIDE)].map(([line]) => `${file}: ${line.trim()}`));
  expect(sides).toEqual([]);
});

function namesIn(css: string, pattern: RegExp): string[] {
  return [...css.matchAll(pattern)].map(([, name]) => name!);
}
