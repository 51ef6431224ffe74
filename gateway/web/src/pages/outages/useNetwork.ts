import { useEffect, useState } from 'react';
import { fetchNetwork, type NetworkSummary } from '../../api/network.js';

const RETRY_MS = 5_000;

/** The network's summary; null until it has been fetched, which is tried until it succeeds. */
export function useNetwork(): NetworkSummary | null {
  const [network, setNetwork] = useState<NetworkSummary | null>(null);
  useEffect(() => {
    const leaving = new AbortController();
    let timer: number | undefined;
    const load = (): void => {
      fetchNetwork(leaving.signal).then(setNetwork, () => {
        if (!leaving.signal.aborted) timer = window.setTimeout(load, RETRY_MS);
      });
    };
    load();
    return () => {
      leaving.abort();
      window.clearTimeout(timer);
    };
  }, []);
  return network;
}
