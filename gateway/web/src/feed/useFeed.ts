import { useEffect, useState, useSyncExternalStore } from 'react';
import { BROWSER } from './browser.js';
import { OutageFeed, type FeedSnapshot } from './feed.js';

/** The live outages, for as long as the caller is mounted. */
export function useFeed(): FeedSnapshot {
  const [feed] = useState(() => new OutageFeed(BROWSER));
  useEffect(() => {
    feed.start();
    return () => feed.stop();
  }, [feed]);
  return useSyncExternalStore(feed.subscribe, feed.snapshot);
}
