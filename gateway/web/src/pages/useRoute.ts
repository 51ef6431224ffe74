import { useCallback, useSyncExternalStore } from 'react';
import { formatRoute, parseRoute, type Route } from './route.js';

function subscribe(listener: () => void): () => void {
  window.addEventListener('hashchange', listener);
  return () => window.removeEventListener('hashchange', listener);
}

/** The route, and how to go to another; `replace` leaves no entry in the history. */
export function useRoute(): [Route, (route: Route, how?: 'push' | 'replace') => void] {
  const hash = useSyncExternalStore(subscribe, () => window.location.hash);
  const go = useCallback((route: Route, how: 'push' | 'replace' = 'push') => {
    const url = formatRoute(route);
    if (url === window.location.hash) return;
    if (how === 'push') window.location.hash = url;
    else window.location.replace(url);
  }, []);
  return [parseRoute(hash), go];
}
