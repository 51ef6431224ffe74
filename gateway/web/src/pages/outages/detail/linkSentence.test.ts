import { describe, expect, it } from 'vitest';
import type { Link } from '../../../api/outages.js';
import { words } from '../../../words/words.js';
import { linkSentence } from './linkSentence.js';

const OPENED_BY = { source: 'kaifa', sourceEventId: 'K-1' } as const;
const link = (changes: Partial<Link> = {}): Link => ({
  source: 'kaifa',
  sourceEventId: 'K-12',
  distanceM: 42.318,
  dtMs: 3_000,
  ...changes,
});
const told = { kind: 'outage', assetId: null, t: '2026-10-04T10:00:00.000Z', amended: false } as const;
const meter = { ...told, source: 'kaifa', sourceEventId: 'K-13', reach: 'point' } as const;
const breaker = { ...told, source: 'scada', sourceEventId: 'B-1', reach: 'feeder' } as const;

describe('the sentence for a link', () => {
  it('says how far in space and time the member lies from the one it links to', () => {
    expect(linkSentence({ ...meter, link: link() }, OPENED_BY)).toBe('42 m and 3 s from kaifa/K-12');
    expect(linkSentence({ ...meter, link: link({ distanceM: 0, dtMs: -250_000 }) }, OPENED_BY)).toBe(
      'Same place and 4 min 10 s from kaifa/K-12',
    );
  });

  it('tells the event that opened the outage from one that opened an outage merged into it', () => {
    expect(linkSentence({ ...meter, sourceEventId: 'K-1', link: null }, OPENED_BY)).toBe('Opened the outage');
    expect(linkSentence({ ...meter, link: null }, OPENED_BY)).toBe('Opened an outage that merged into this one');
  });

  it('says that a correction took it in', () => {
    expect(linkSentence({ ...meter, amended: true, link: null }, OPENED_BY)).toBe('Taken in by a correction');
  });

  it('says that a breaker gathers the whole feeder, whatever the distance', () => {
    expect(linkSentence({ ...breaker, link: link({ distanceM: null, dtMs: 12_000 }) }, OPENED_BY)).toBe(
      'Feeder breaker: gathers the whole feeder within the time window, 12 s from kaifa/K-12',
    );
    expect(linkSentence({ ...breaker, link: null }, { source: 'scada', sourceEventId: 'B-1' })).toBe(
      'Opened the outage; feeder breaker: gathers the whole feeder',
    );
  });

  it('says of a meter linked by reach which event gathered it', () => {
    const byReach = link({ source: 'scada', sourceEventId: 'B-1', distanceM: null, dtMs: 400 });
    expect(linkSentence({ ...meter, link: byReach }, OPENED_BY)).toBe(
      'Gathered by scada/B-1, which speaks for the whole feeder, 0.4 s apart',
    );
  });

  it('says of a call which report it repeats, and of an id that was used again that it opened another outage', () => {
    expect(linkSentence({ ...meter, link: link({ distanceM: null, dtMs: 2_700_000 }) }, OPENED_BY)).toBe(
      'Says what kaifa/K-12 said, 45 min apart: still out',
    );
    const again = { ...meter, sourceEventId: 'K-1', link: null };
    expect(linkSentence(again, { ...OPENED_BY, t: '2026-10-04T09:00:00.000Z' })).toBe(
      'Opened an outage that merged into this one',
    );
  });

  it('says of a restoration that supply is back', () => {
    expect(linkSentence({ ...meter, kind: 'restoration', link: null }, OPENED_BY)).toBe('Reports supply back');
    expect(linkSentence({ ...breaker, kind: 'restoration', link: null }, OPENED_BY)).toBe(
      'Reports supply back for the whole feeder',
    );
  });

  it('gives distances as precisely as they help', () => {
    expect([0.4, 9.96, 999.4, 1_234].map(words.format.distance)).toEqual(['0.4 m', '10 m', '999 m', '1.23 km']);
  });
});
