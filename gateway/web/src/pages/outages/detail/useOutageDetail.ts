import { useEffect, useRef, useState } from 'react';
import { compareRecords } from '../../../../../../operators/model/outage-order.js';
import { fetchOutage, type OutageDetail, type OutageRecord } from '../../../api/outages.js';
import { failureOf, type Failure } from '../../../api/request.js';

/** An outage in a storm changes all the time; its evidence, up to thousands of rows, is not fetched more often. */
const REFETCH_MS = 3_000;

export interface DetailState {
  /** The last answer for this outage, which stays while a newer one is fetched. */
  readonly detail: OutageDetail | null;
  /** Why the last fetch failed. */
  readonly failure: Failure | null;
  /** The gateway knows no such outage: trying again is of no use. */
  readonly unknown: boolean;
}

const NOTHING: DetailState = { detail: null, failure: null, unknown: false };

/**
 * Detail of an outage, fetched anew when the live record moves on.
 * @param live its live record; null when the outage is not among the open ones
 */
export function useOutageDetail(outageId: string | null, live: OutageRecord | null): DetailState {
  const [state, setState] = useState<{ outageId: string | null } & DetailState>({ outageId, ...NOTHING });
  const wanted = useRef(live);
  const ask = useRef<() => void>(() => undefined);

  useEffect(() => {
    if (outageId === null) return;
    const leaving = new AbortController();
    let timer: number | undefined;
    let busy = false;

    const load = async (): Promise<void> => {
      timer = undefined;
      busy = true;
      let again: boolean;
      try {
        const detail = await fetchOutage(outageId, leaving.signal);
        setState({ outageId, ...NOTHING, detail });
        // The database follows the stream: what it has may be older than what the page shows.
        again = wanted.current !== null && compareRecords(detail.outage, wanted.current) < 0;
      } catch (error) {
        if (leaving.signal.aborted) return;
        const failure = failureOf(error);
        const unknown = failure.kind === 'refused' && failure.status === 404 && wanted.current === null;
        setState((last) => ({ ...(last.outageId === outageId ? last : NOTHING), outageId, failure, unknown }));
        again = !unknown;
      }
      busy = false;
      if (again) schedule();
    };
    const schedule = (): void => {
      if (timer === undefined && !busy) timer = window.setTimeout(() => void load(), REFETCH_MS);
    };

    void load();
    ask.current = schedule;
    return () => {
      leaving.abort();
      window.clearTimeout(timer);
      ask.current = () => undefined;
    };
  }, [outageId]);

  useEffect(() => {
    wanted.current = live;
    ask.current();
  }, [live]);

  return state.outageId === outageId ? state : NOTHING;
}
