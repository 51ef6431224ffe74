import { useEffect, useState } from 'react';

/** The time, epoch ms, renewed every second (on the second, so that all clocks of the page tick together). */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    let timer: number;
    const tick = (): void => {
      setNow(Date.now());
      timer = window.setTimeout(tick, 1_000 - (Date.now() % 1_000));
    };
    timer = window.setTimeout(tick, 1_000 - (Date.now() % 1_000));
    return () => window.clearTimeout(timer);
  }, []);
  return now;
}
