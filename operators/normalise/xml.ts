import { XMLParser } from 'fast-xml-parser';
import { isFields, Refusal } from './fields.js';

/** XML as head-end systems send it, and as an attacker may. Names are local: prefixes vary. */

const MAX_DEPTH = 32;

/** The five entities that XML has by itself, and characters by their numbers. Others are declared, which nobody may here. */
const REFERENCE = /&(?:#(\d{1,7})|#x([\da-f]{1,6})|(lt|gt|amp|quot|apos));/gi;
const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
]);
const REPLACEMENT = '\ufffd';

function resolved(reference: string, decimal?: string, hex?: string, name?: string): string {
  if (name !== undefined) return ENTITIES.get(name) ?? reference;
  const code = decimal === undefined ? parseInt(hex!, 16) : Number(decimal);
  const isCharacter = code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
  return isCharacter ? String.fromCodePoint(code) : REPLACEMENT;
}

/** Values stay texts: an id of digits is not a number. */
const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  removeNSPrefix: true,
  parseTagValue: false,
  parseAttributeValue: false,
  maxNestedTags: MAX_DEPTH,
  isArray: (name) => name === 'EndDeviceEvent' || name === 'EndDeviceEventDetails',
  // The library's own leaves characters by their numbers as they are, and takes in what a document type declares.
  entityDecoder: {
    decode: (text) => (text.includes('&') ? text.replace(REFERENCE, resolved) : text),
    addInputEntities: () => {
      throw forbidden();
    },
    setExternalEntities: () => undefined,
    setXmlVersion: () => undefined,
    reset: () => undefined,
  },
});

/**
 * XML as objects: an element without attributes and children is its text, one that is repeated a list; attributes have `@`
 * before their names, and the text beside them is `#text`.
 * @throws Refusal if it is not well-formed, nests too deep, or is hostile (document types carry entities: none is read)
 */
export function parseXml(xml: string): unknown {
  if (/<!(DOCTYPE|ENTITY)/i.test(xml) && hasDeclarations(xml)) throw forbidden();
  try {
    return parser.parse(xml, true);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    const [why] = String((error as Error).message).split('\n');
    throw new Refusal('notXml', `The body is not well-formed XML: ${why!.slice(0, 200)}`);
  }
}

function forbidden(): Refusal {
  return new Refusal('forbiddenXml', 'The XML declares a document type or an entity.');
}

/** Whether there is a declaration in markup. In a comment, in CDATA and in a quoted value the same letters are text. */
function hasDeclarations(xml: string): boolean {
  for (let at = xml.indexOf('<'); at !== -1; at = xml.indexOf('<', at)) {
    if (xml.startsWith('<!--', at)) at = behind(xml, '-->', at + 4);
    else if (xml.startsWith('<![CDATA[', at)) at = behind(xml, ']]>', at + 9);
    else if (xml.startsWith('<!', at)) return true;
    else if (xml.startsWith('<?', at)) at = behind(xml, '?>', at + 2);
    else at = behindTag(xml, at + 1);
  }
  return false;
}

function behind(xml: string, end: string, from: number): number {
  const found = xml.indexOf(end, from);
  return found === -1 ? xml.length : found + end.length;
}

/** Behind the `>` of a tag; one in a quoted value is none. */
function behindTag(xml: string, from: number): number {
  let quote = '';
  for (let at = from; at < xml.length; at++) {
    const character = xml[at]!;
    if (quote !== '') quote = character === quote ? '' : quote;
    else if (character === '"' || character === "'") quote = character;
    else if (character === '>') return at + 1;
  }
  return xml.length;
}

/** All elements of a name, as {@link parseXml} gives them: none, one, or a list. */
export function elementsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

/** The text of an element, the first of several that have one; null if there is none: it is missing, empty or `xsi:nil`. */
export function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value === '' ? null : value;
  if (Array.isArray(value)) {
    for (const element of value) {
      const text = textOf(element);
      if (text !== null) return text;
    }
    return null;
  }
  if (!isFields(value) || value['@nil'] === 'true' || value['@nil'] === '1') return null;
  return textOf(value['#text']);
}
