import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';
import { paletteStylesheet } from './web/src/theme/stylesheet.js';

/** The walls of the page; house.test.ts has those of the house. */

const WEB = new URL('./web/', import.meta.url).pathname;
const files = readdirSync(WEB, { recursive: true, encoding: 'utf8' });
const text = (file: string): string => readFileSync(join(WEB, file), 'utf8');

/** What each room of the page may use besides itself; all may use the operators' words, and what the gateway answers with. */
const MAY_USE: Readonly<Record<string, readonly string[]>> = {
  theme: [],
  api: [],
  words: ['theme', 'api'],
  feed: ['api'],
  parts: ['theme', 'api', 'words', 'feed'],
  map: ['theme', 'api', 'words', 'feed', 'parts'],
  pages: ['theme', 'api', 'words', 'feed', 'parts', 'map'],
};

it('a room of the page uses those below it, and no page another', () => {
  const wrong = files
    .filter((file) => /^src\/.*\/.*\.tsx?$/.test(file))
    .flatMap((file) => {
      const [room, page] = roomOf(file);
      return [...text(file).matchAll(/(?:\bfrom\s+|\bimport\s+)'(\.[^']+)'/g)]
        .map(([, name]) => normalize(join(dirname(file), name!)))
        .filter((used) => used.startsWith('src/'))
        .filter((used) => {
          const [usedRoom, usedPage] = roomOf(used);
          const isOwn = usedRoom === room && (usedPage === page || usedPage === '');
          return !isOwn && !MAY_USE[room]!.includes(usedRoom);
        })
        .map((used) => `${file} uses ${used}`);
    });
  expect(wrong).toEqual([]);
});

/** The room of a file, and in `pages/` the page: one that several pages have lies beside them. */
function roomOf(file: string): [room: string, page: string] {
  const [, room = '', page = '', ...within] = file.split('/');
  return [room, room === 'pages' && within.length > 0 ? page : ''];
}

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

it('every text that a person reads stands in words/', () => {
  const elsewhere = files
    .filter((file) => /\.tsx?$/.test(file) && !/\.(test|fixture|d)\.tsx?$/.test(file) && !file.startsWith('src/words/'))
    .flatMap((file) => textsIn(file, text(file)).map((found) => `${file}: ${found}`));
  expect(elsewhere).toEqual([]);
});

it('finds a text however it is written', () => {
  const component = `
    const a = <p title="One" className="none">Two</p>;
    const b = <p aria-label={open ? 'Three' : \`Four \${n}\`}>{n > 1 ? 'five' : n} {said(n)} · {count} <i>✕</i></p>;
    const c = 'Six could not be read';
    throw new Error('An error is for developers');`;
  expect(textsIn('a.tsx', component)).toEqual(['One', 'Two', 'Three', 'Four ', 'five', 'Six could not be read']);
});

/** Attributes that people see or hear. */
const SPOKEN = /^(aria-label|aria-description|aria-roledescription|aria-valuetext|alt|label|placeholder|title|name)$/;

/** Texts of a source file that a person would read: between tags, in attributes that are spoken, and sentences anywhere. */
function textsIn(file: string, source: string): string[] {
  const found: string[] = [];
  const spoken = (node: ts.Node): boolean => {
    const { parent } = node;
    if (ts.isJsxAttribute(parent)) return SPOKEN.test(parent.name.getText());
    if (ts.isJsxExpression(parent)) return !ts.isJsxAttribute(parent.parent) || spoken(parent);
    return (ts.isConditionalExpression(parent) && parent.condition !== node) || isWrapped(parent)
      ? spoken(parent)
      : false;
  };
  const visit = (node: ts.Node): void => {
    const said = ts.isJsxText(node)
      ? node.text.trim()
      : ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)
        ? node.text
        : ts.isTemplateExpression(node)
          ? [node.head, ...node.templateSpans.map(({ literal }) => literal)].map((part) => part.text).join('')
          : '';
    const isSentence = /^\p{Lu}\p{Ll}* \p{L}/u.test(said) && !isThrown(node);
    if (/\p{L}/u.test(said) && (ts.isJsxText(node) || isSentence || spoken(node))) found.push(said);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX));
  return found;
}

/** Whether what stands in it becomes its value. */
function isWrapped(node: ts.Node): boolean {
  if (!ts.isBinaryExpression(node)) return ts.isParenthesizedExpression(node);
  return ['&&', '||', '??', '+'].includes(node.operatorToken.getText());
}

function isThrown(node: ts.Node): boolean {
  return ts.isNewExpression(node.parent) && /Error$/.test(node.parent.expression.getText());
}

function namesIn(css: string, pattern: RegExp): string[] {
  return [...css.matchAll(pattern)].map(([, name]) => name!);
}
