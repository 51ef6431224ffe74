import { expect, it } from 'vitest';
import { kindOfWord } from './event-words.js';

it.each(['outage', 'last_gasp', 'BreakerTrip', 'De-energized', 'ONU_LastGaspAlert', '3.26.0.85', 'trouble_call'])(
  'takes %s for an outage',
  (word) => expect(kindOfWord(word)).toBe('outage'),
);

it.each(['restoration', 'power_restored', 'BreakerClose', 'Energized', 'ONU_PowerRestored', '3.26.0.216', 'power_up'])(
  'takes %s for a restoration',
  (word) => expect(kindOfWord(word)).toBe('restoration'),
);

it.each(['tamper', 'constructor', '__proto__', 'toString', 'hasOwnProperty'])('takes %s for neither', (word) =>
  expect(kindOfWord(word)).toBeNull(),
);
