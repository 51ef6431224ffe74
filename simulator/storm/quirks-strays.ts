import type { ReportRejection } from '../../operators/model/rejections.js';
import { bySource, type Source } from '../../operators/model/source.js';
import type { Random } from '../random.js';
import type { CanonicalEvent } from './canonical-event.js';
import type { OddBody } from './quirks-json.js';
import { eventMessage } from './kaifa-message.js';
import { jsonFields, type JsonFields } from './shapes.js';

/** A body that comes between the others and means nothing: it is refused, and nobody must guess what it may have meant. */
export interface Stray extends OddBody {
  readonly refusedFor: ReportRejection;
}

type Making = (event: CanonicalEvent, random: Random) => Stray;

function json(fields: JsonFields | string, quirk: string, refusedFor: ReportRejection): Stray {
  const text = typeof fields === 'string' ? fields : JSON.stringify(fields);
  return { contentType: 'application/json', body: Buffer.from(text), quirks: [quirk], refusedFor };
}

/** May be of October or of April. */
const twoWays: Making = (event) =>
  json({ ...jsonFields(event), timestamp: '04/10/2026 18:04:18' }, 'a time of two meanings', 'badTime');

const brokenOff: Making = (event, random) => {
  const text = JSON.stringify(jsonFields(event));
  return json(text.slice(0, random.integer(20, text.length - 1)), 'half a body', 'notJson');
};

/** Words for what is no outage: of other things, and of one that is not there. */
const otherWords =
  (...words: readonly JsonFields[]): Making =>
  (event, random) =>
    json({ ...jsonFields(event), ...random.pick(words) }, 'words of something else', 'unknownCode');

const withEntity: Making = (event) => {
  const hostile = eventMessage('stray', [event]).replace('?>', '?><!DOCTYPE x [<!ENTITY lol "lol">]>');
  return { contentType: 'text/xml', body: Buffer.from(hostile), quirks: ['an entity'], refusedFor: 'forbiddenXml' };
};

const WAYS: Readonly<Record<Source, readonly Making[]>> = bySource((source) => {
  switch (source) {
    case 'scada':
      return [twoWays, brokenOff, otherWords({ eventType: 'Alarm', alarmType: 'Door open' })];
    case 'kaifa':
      return [
        twoWays,
        brokenOff,
        withEntity,
        otherWords(
          { message_type: '3.21.1.81' },
          { message_type: 'No power failure' },
          { message_type: 'not restored' },
        ),
      ];
    case 'onu':
      return [twoWays, brokenOff, otherWords({ type: 'ONU_SignalDegraded' }, { type: 'ONU_PowerRestored failed' })];
    case 'call_center':
      return [twoWays, brokenOff];
    default:
      return [];
  }
});

/** A body that means nothing, in the words of the source of an event; null where a source has no words of its own. */
export function strayBeside(event: CanonicalEvent, random: Random): Stray | null {
  const ways = WAYS[event.source];
  return ways.length === 0 ? null : random.pick(ways)(event, random);
}
