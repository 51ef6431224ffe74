import './LiveState.css';
import type { Connection } from '../../feed/feed.js';
import { words } from '../../words/words.js';
import { useClock } from '../clock.js';

/** Whether what is seen is now. Screen readers hear each change of state, not every second of waiting. */
export function LiveState({ connection: { state, since } }: { connection: Connection }) {
  return (
    <p className="live-state" data-testid="live-state" data-state={state}>
      <span role="status">{words.connection.state[state]}</span>
      {state === 'reconnecting' && <Lasting since={since} />}
    </p>
  );
}

function Lasting({ since }: { since: number }) {
  const text = useClock((now) => words.connection.lasting(words.format.age(now - since)));
  return <span aria-hidden="true">{text}</span>;
}
