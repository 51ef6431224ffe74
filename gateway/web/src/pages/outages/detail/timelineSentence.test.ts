import { expect, it } from 'vitest';
import { timelineSentence } from './timelineSentence.js';

it('says what happened in the words of the list', () => {
  expect(timelineSentence({ what: 'status', from: null, to: 'detected' })).toBe('Became Detected');
  expect(timelineSentence({ what: 'status', from: 'detected', to: 'in_progress' })).toBe('Detected → Crew on it');
  expect(timelineSentence({ what: 'absorbed', from: null, to: '3f0c6c1e-0000-5000-8000-000000000000' })).toBe(
    'Took in 3f0c6c1e: both are one outage',
  );
  expect(timelineSentence({ what: 'amend', from: '12', to: '14' })).toBe('Corrected: 12 → 14 reports');
  expect(timelineSentence({ what: 'crew', from: null, to: 'North 2' })).toBe('Crew North 2 assigned');
});

it('shows an entry of an unknown kind by its own name', () => {
  expect(timelineSentence({ what: 'switched', from: null, to: null })).toBe('switched');
});
