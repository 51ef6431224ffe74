/** Bytes of a body as text: in which encoding they are says their beginning, or the XML that they hold. */
import { Refusal } from './fields.js';

const BRACE = 0x7b;
const BRACKET = 0x5b;
const DASH = 0x2d;

/** `encoding` of an XML declaration, behind a byte-order mark or white space. */
const DECLARED = /^\s*<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([^"']{1,40})["']/;
/** What is read as UTF-8. Some that declare UTF-16 have made a text of it and sent that: whose declaration is legible is no UTF-16. */
const AS_UTF8 = /^(utf-?8|(us-)?ascii|(utf|csutf)-?16.*|(iso-10646-)?ucs-?2)$/i;

/**
 * The text of a body: UTF-8, UTF-16 with a byte-order mark, or what the XML in it declares; of a message in parts, its root.
 * @throws Refusal that names the encoding, or says what the message lacks
 */
export function textOfBytes(value: Uint8Array): string {
  const first = value[0];
  // What nearly every body begins with.
  if ((first === BRACE || first === BRACKET) && value[1] !== 0) return utf8(value);
  const root = first === DASH || first === 0x0d || first === 0x0a ? rootPartOf(value) : null;
  return root ? decoded(root.bytes, root.charset) : decoded(value, null);
}

/** A text as {@link textOfBytes} reads bytes, where it is a message in parts; else the text as it is. */
export function textOfText(text: string): string {
  const root = rootPartOf(Buffer.from(text));
  return root ? decoded(root.bytes, root.charset) : text;
}

/** Whether bytes begin as XML or a message in parts does. */
export function beginsAsMarkup(value: Uint8Array): boolean {
  const head = value.subarray(0, 100);
  const isWide = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
  const text = isWide ? new TextDecoder(head[0] === 0xff ? 'utf-16le' : 'utf-16be').decode(head) : utf8(head);
  return /^\s*(<|--)/.test(text);
}

/** Node's own buffers do it in a third of the time of a decoder, which counts for a meter's event. */
function utf8(value: Uint8Array): string {
  return bufferOf(value).toString();
}

function bufferOf(value: Uint8Array): Buffer {
  return value instanceof Buffer ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}

/** @param told what the header of a part says of its encoding; a declaration knows better */
function decoded(value: Uint8Array, told: string | null): string {
  // A byte-order mark knows better than a declaration.
  if (value[0] === 0xef && value[1] === 0xbb && value[2] === 0xbf) return utf8(value);
  const signed = signatureOf(value);
  if (signed !== null) return decode(value, signed, 'The body');
  const text = utf8(value);
  const declared = DECLARED.exec(text)?.[1];
  if (declared !== undefined)
    return AS_UTF8.test(declared) ? text : decode(value, declared, 'The XML declares that it');
  return told === null || AS_UTF8.test(told) ? text : decode(value, told, 'The part says that it');
}

function decode(value: Uint8Array, encoding: string, who: string): string {
  const name = /^utf-16[lb]e$/.test(encoding) ? encoding.toUpperCase() : `"${encoding}"`;
  const decoder = decoderOf(encoding);
  if (!decoder) throw new Refusal('wrongShape', `${who} is in ${name}, which is not read: send UTF-8.`);
  try {
    return decoder.decode(value);
  } catch {
    throw new Refusal('wrongShape', `${who} is in ${name}, but it holds bytes that are none of it.`);
  }
}

/** Null: the platform does not know the encoding. */
function decoderOf(encoding: string) {
  try {
    return new TextDecoder(encoding, { fatal: true });
  } catch {
    return null;
  }
}

/** The encoding that the first bytes say; null: they say none, or UTF-8. What is not read is refused by its name. */
function signatureOf(value: Uint8Array): string | null {
  // By their places: to take them apart as a list takes longer than all else here.
  const a = value[0];
  const b = value[1];
  const c = value[2];
  const d = value[3];
  if (a === 0xff && b === 0xfe) return c === 0 && d === 0 ? unread('UTF-32') : 'utf-16le';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  if (a === 0 && b === 0) return (c === 0xfe && d === 0xff) || (c === 0 && isBeginning(d)) ? unread('UTF-32') : null;
  if (isBeginning(a) && b === 0 && c === 0 && d === 0) return unread('UTF-32');
  if ((isBeginning(a) && b === 0) || (a === 0 && isBeginning(b))) return unread('UTF-16 without a byte-order mark');
  if (a === 0x1f && b === 0x8b) return unread('gzip');
  if (a === 0x4c && b === 0x6f && c === 0xa7 && d === 0x94) return unread('EBCDIC');
  return null;
}

/** Whether a body may begin with this: `<`, `{`, `[`. */
function isBeginning(byte: number | undefined): boolean {
  return byte === 0x3c || byte === BRACE || byte === BRACKET;
}

function unread(what: string): never {
  throw new Refusal('wrongShape', `The body is in ${what}, which is not read: send UTF-8.`);
}

interface Part {
  readonly bytes: Uint8Array;
  /** What its header says of the encoding. */
  readonly charset: string | null;
}

/** The line that parts a message (RFC 2046), before what follows it. */
const BOUNDARY = /^\s*--([!-~](?:[ -~]{0,68}[!-~])?)[ \t]*\r?\n/;
/** A message has an envelope and some attachments; who sends more is not read to the end. */
const MAX_PARTS = 64;

/**
 * The root part of a message in parts (RFC 2387, as MTOM sends SOAP): the first one that is XML or JSON, else the first.
 * @returns null if the bytes are no such message
 * @throws Refusal if it has no root part
 */
function rootPartOf(value: Uint8Array): Part | null {
  // A character for each byte: boundaries and headers are ASCII, and the bytes of a part are found by their places.
  const text = bufferOf(value).toString('latin1');
  const opening = BOUNDARY.exec(text);
  if (!opening) return null;
  const boundary = `\n--${opening[1]!}`;
  let root: { from: number; to: number; headers: string } | null = null;
  let from = opening[0].length;
  for (let n = 0; n < MAX_PARTS; n++) {
    const found = text.indexOf(boundary, from - 1);
    const to = found === -1 ? text.length : Math.max(from, text[found - 1] === '\r' ? found - 1 : found);
    const body = bodyOfPart(text, from, to);
    const isText = body !== null && /^\s*[<{[]/.test(text.slice(body.from, Math.min(to, body.from + 100)));
    if (body !== null && (isText || root === null)) root = { ...body, to };
    if (isText || found === -1 || text.startsWith('--', found + boundary.length)) break;
    const next = text.indexOf('\n', found + boundary.length);
    if (next === -1) break;
    from = next + 1;
  }
  if (root === null) throw new Refusal('wrongShape', 'The body is multipart without a root part.');
  const bytes = value.subarray(root.from, root.to);
  return { bytes: asSent(bytes, root.headers), charset: /charset="?([^\s";]{1,40})/i.exec(root.headers)?.[1] ?? null };
}

/** Where what a part holds begins: behind its headers and an empty line. Null: it holds nothing. */
function bodyOfPart(text: string, from: number, to: number): { from: number; headers: string } | null {
  const part = text.slice(from, to);
  const end = /^\r?\n|\r?\n\r?\n/.exec(part);
  if (!end) return null;
  const begin = from + end.index + end[0].length;
  return text.slice(begin, to).trim() === '' ? null : { from: begin, headers: part.slice(0, end.index) };
}

/** The bytes of a part as they were before they were made fit for mail. */
function asSent(bytes: Uint8Array, headers: string): Uint8Array {
  const encoding = /^content-transfer-encoding:[ \t]*([\w-]+)/im.exec(headers)?.[1]?.toLowerCase();
  const text = (): string => bufferOf(bytes).toString('latin1');
  if (encoding === 'base64') return Buffer.from(text(), 'base64');
  if (encoding !== 'quoted-printable') return bytes;
  const joined = text().replace(/=[ \t]*\r?\n/g, '');
  return Buffer.from(
    joined.replace(/=([\dA-F]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    'latin1',
  );
}
