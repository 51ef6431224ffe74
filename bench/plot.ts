/** A curve: what is plotted over what, both positive. */
export interface Curve {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface PlotOptions {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  /** Each step along x is ten times the one before. */
  readonly logX?: boolean;
  readonly curves: readonly Curve[];
}

const WIDTH = 720;
const HEIGHT = 320;
const MARGIN = { left: 70, right: 150, top: 40, bottom: 50 };
const TICKS = 4;
/** Told apart by those who see no red or green too (Okabe and Ito). */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'];

/** Draws curves as SVG that reads on a light page and on a dark one. The y axis begins at 0. */
export function plot({ title, xLabel, yLabel, logX = false, curves }: PlotOptions): string {
  const xs = curves.flatMap(({ points }) => points.map(([x]) => x));
  const top = niceAbove(Math.max(...curves.flatMap(({ points }) => points.map(([, y]) => y))));
  const scale = logX ? Math.log10 : (x: number): number => x;
  const from = logX ? scale(Math.min(...xs)) : 0;
  const to = scale(Math.max(...xs));
  const [right, bottom] = [WIDTH - MARGIN.right, HEIGHT - MARGIN.bottom];
  const atX = (x: number): number =>
    MARGIN.left + (to === from ? 0.5 : (scale(x) - from) / (to - from)) * (right - MARGIN.left);
  const atY = (y: number): number => bottom - (y / top) * (bottom - MARGIN.top);
  const text = (x: number, y: number, anchor: string, words: string): string =>
    `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}">${escaped(words)}</text>`;
  const ticksX = [...new Set(logX ? xs : Array.from({ length: TICKS + 1 }, (_, i) => (to / TICKS) * i))];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(title)}">`,
    '<style>text{font:12px sans-serif;fill:#333}path{fill:none;stroke:#999}@media(prefers-color-scheme:dark){text{fill:#ccc}path{stroke:#777}}</style>',
    text(MARGIN.left, 20, 'start', title),
    `<path d="M${MARGIN.left} ${MARGIN.top}V${bottom}H${right}"/>`,
    ...Array.from({ length: TICKS + 1 }, (_, i) => (top / TICKS) * i).map((y) =>
      text(MARGIN.left - 8, atY(y) + 4, 'end', short(y)),
    ),
    ...ticksX.map((x) => text(atX(x), bottom + 18, 'middle', short(x))),
    text((MARGIN.left + right) / 2, HEIGHT - 12, 'middle', xLabel),
    text(MARGIN.left - 8, MARGIN.top - 8, 'middle', yLabel),
    ...curves.flatMap(({ name, points }, i) => {
      const colour = COLOURS[i % COLOURS.length]!;
      const line = points.map(([x, y]) => `${atX(x).toFixed(1)},${atY(y).toFixed(1)}`).join(' ');
      const [lastX, lastY] = points.at(-1)!;
      return [
        `<polyline points="${line}" fill="none" stroke="${colour}" stroke-width="2"/>`,
        ...(points.length > 20
          ? []
          : points.map(
              ([x, y]) => `<circle cx="${atX(x).toFixed(1)}" cy="${atY(y).toFixed(1)}" r="3" fill="${colour}"/>`,
            )),
        text(atX(lastX) + 8, atY(lastY) + 4, 'start', name),
      ];
    }),
    '</svg>\n',
  ].join('\n');
}

/** The next of 1, 2, 5 times a power of ten. */
function niceAbove(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 5, 10].find((step) => step * power >= value) ?? 10) * power;
}

/** A number in few characters: 250 k, 1 M. */
function short(value: number): string {
  if (value >= 1e6) return `${Number((value / 1e6).toFixed(2))} M`;
  if (value >= 1e4) return `${Number((value / 1e3).toFixed(1))} k`;
  return String(Number(value.toFixed(2)));
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
