import './LiveState.css';
import type { Connection } from '../../feed/feed.js';
import { ageText } from '../../words/times.js';

const WORDS: Record<Connection['state'], string> = {
  connecting: 'Connecting',
  live: 'Live',
  reconnecting: 'Reconnecting',
};

/** Whether what is seen is now. Screen readers hear each change of state, not every second of waiting. */
export function LiveState({ connection: { state, since }, now }: { connection: Connection; now: number }) {
  return (
    <p className="live-state" data-testid="live-state" data-state={state}>
      <span role="status">{WORDS[state]}</span>
      {state === 'reconnecting' && <span aria-hidden="true"> for {ageText(now - since)}</span>}
    </p>
  );
}
