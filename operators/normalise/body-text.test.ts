import { describe, expect, it } from 'vitest';
import { UTC } from '../model/time-zone.js';
import { beginsAsMarkup, textOfBytes } from './body-text.js';
import { normalise } from './normalise.js';

const latin1 = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const utf16 = (text: string, bigEndian = false): Uint8Array => {
  const little = Buffer.from(`\ufeff${text}`, 'utf16le');
  return bigEndian ? little.swap16() : little;
};
const xml = (encoding: string, text = 'é'): string => `<?xml version="1.0" encoding='${encoding}'?>\n<a>${text}</a>`;

describe('bytes', () => {
  it.each<[string, Uint8Array, string]>([
    ['UTF-8', Buffer.from('{"a":"é"}'), '{"a":"é"}'],
    ['UTF-8 with a byte-order mark', Buffer.from('\ufeff<a>é</a>'), '\ufeff<a>é</a>'],
    [
      'UTF-8 with a byte-order mark that declares something else',
      Buffer.from(`\ufeff${xml('latin1')}`),
      `\ufeff${xml('latin1')}`,
    ],
    ['UTF-16, little end first', utf16(xml('utf-16')), xml('utf-16')],
    ['UTF-16, big end first', utf16('[{"a":"é"}]', true), '[{"a":"é"}]'],
    ['ISO 8859-1, as declared', latin1(xml('ISO-8859-1')), xml('ISO-8859-1')],
    ['windows-1256, as declared', latin1(xml('windows-1256', '\xc7')), xml('windows-1256', 'ا')],
    ['UTF-8 that was declared UTF-16 when it was a text', Buffer.from(xml('utf-16')), xml('utf-16')],
    ['no bytes', bytes(), ''],
  ])('of %s are read', (_, value, text) => expect(textOfBytes(value)).toBe(text));

  it.each<[string, Uint8Array]>([
    ['UTF-32', bytes(0xff, 0xfe, 0, 0, 0x3c, 0, 0, 0)],
    ['UTF-32', bytes(0, 0, 0xfe, 0xff, 0, 0, 0, 0x3c)],
    ['UTF-32', bytes(0, 0, 0, 0x7b)],
    ['UTF-32', bytes(0x5b, 0, 0, 0)],
    ['UTF-16 without a byte-order mark', utf16('<a/>').subarray(2)],
    ['UTF-16 without a byte-order mark', utf16('{}', true).subarray(2)],
    ['UTF-16LE', bytes(0xff, 0xfe, 0x3c)],
    ['gzip', bytes(0x1f, 0x8b, 8, 0)],
    ['EBCDIC', bytes(0x4c, 0x6f, 0xa7, 0x94, 0x93)],
    ['"x-nothing"', Buffer.from(xml('x-nothing'))],
    ['"shift_jis"', latin1(xml('shift_jis', '\xff'))],
  ])('of %s are refused by that name', (name, value) => {
    expect(() => textOfBytes(value)).toThrow(` in ${name}, `);
    // Whoever reads the topic says the same, and not that it is no JSON.
    const [report] = normalise('scada', value, { receivedAt: 0, zone: UTC });
    expect(report).toMatchObject({ reason: 'wrongShape', detail: expect.stringContaining(name) as string });
  });

  it('begin as markup in whatever encoding', () => {
    for (const value of [utf16('<a/>'), utf16(' <a/>', true), Buffer.from('\ufeff\n<a/>'), latin1('--x\r\n')])
      expect(beginsAsMarkup(value)).toBe(true);
    for (const value of [bytes(), Buffer.from('{"a":"<"}'), utf16('{}')]) expect(beginsAsMarkup(value)).toBe(false);
  });

  it('that are not UTF-8 cost an event only where an id is made of them', () => {
    const alert = (onuId: string, note: string) =>
      `{"type":"ONU_LastGaspAlert","onuId":"${onuId}","timestamp":"2026-10-04T18:04:18Z","note":"${note}"}`;
    const read = (text: string) => normalise('onu', latin1(text), { receivedAt: 0, zone: UTC });
    expect(read(alert('O1', 'é'))).toMatchObject([{ event: { assetId: 'O1' } }]);
    expect(read(alert('é1', 'x'))).toMatchObject([{ reason: 'badId', detail: expect.stringContaining('not UTF-8') }]);
  });
});

describe('a message in parts', () => {
  const part = (headers: string, body: string, end = '\r\n'): string =>
    `--b 1${end}${headers}${end}${end}${body}${end}`;
  const soap = part('Content-Type: application/xop+xml; charset=UTF-8', '<a>é</a>');
  const image = part('Content-Type: image/png\r\nContent-ID: <i>', '\x89PNG');

  it.each<[string, Uint8Array, string]>([
    ['MTOM', Buffer.from(`${soap}${image}--b 1--\r\n`), '<a>é</a>'],
    ['its root behind another part', Buffer.from(`${image}${soap}--b 1--`), '<a>é</a>'],
    ['no end', Buffer.from(soap.trimEnd()), '<a>é</a>'],
    ['an empty line before it', Buffer.from(`\r\n${soap}--b 1--\r\n`), '<a>é</a>'],
    ['line feeds alone', Buffer.from(`${part('A: b', '<a/>', '\n')}--b 1--\n`), '<a/>'],
    ['no headers', Buffer.from('--b\r\n\r\n{"a":1}\r\n--b--'), '{"a":1}'],
    ['base64', Buffer.from(part('Content-Transfer-Encoding: BASE64', Buffer.from('<a>é</a>').toString('base64'))), '<a>é</a>'],
    ['quoted printable', Buffer.from(part('content-transfer-encoding: quoted-printable', '<a b=3D"1">=C3=\r\n=A9</a>')), '<a b="1">é</a>'],
    ['an encoding of its own', latin1(part('Content-Type: text/xml; charset="iso-8859-1"', '<a>é</a>')), '<a>é</a>'],
    ['UTF-16', Buffer.concat([latin1('--b\r\nA: b\r\n\r\n'), utf16('<a/>'), latin1('\r\n--b--')]), '<a/>'],
  ])('is read by its root part: %s', (_, value, text) => expect(textOfBytes(value).trim()).toBe(text)); // prettier-ignore

  it.each([
    '--b\r\n--b--\r\n',
    '--b\r\nContent-Type: text/xml\r\n\r\n\r\n--b--',
    '--b\r\nContent-Type: text/xml\r\n--b--',
  ])('without a root part is refused as that: %j', (text) => {
    for (const value of [text, JSON.stringify({ source: 'x', request: { body: text } })]) {
      const reports = normalise('kaifa', Buffer.from(value), { receivedAt: 0, zone: UTC });
      expect(reports).toMatchObject([{ reason: 'wrongShape', detail: 'The body is multipart without a root part.' }]);
    }
  });

  it('that only begins as one is none', () => {
    const read = (text: string) => normalise('kaifa', Buffer.from(text), { receivedAt: 0, zone: UTC });
    for (const text of ['--', '-- hello', '--b'])
      expect(read(text)).toMatchObject([{ reason: 'notJson', detail: expect.stringMatching(/^Neither JSON nor XML/) }]);
    const nested = '--b\r\n\r\n--c\r\n\r\n<a/>\r\n--c--\r\n--b--';
    expect(read(nested)).toMatchObject([{ reason: expect.any(String) as string }]);
  });
});
