import { fetchLatestOutage, openOutagePages, type OutageRecord } from '../api/outages.js';

/** What hears of a stream. */
export interface StreamListener {
  readonly onOpen: () => void;
  /** @param gone the browser has given up; else it tries again by itself */
  readonly onError: (gone: boolean) => void;
  readonly onOutage: (record: OutageRecord) => void;
}

/** What the feed needs of the world around it. */
export interface Surroundings {
  /** Opens the live stream; what is returned closes it. */
  readonly listen: (listener: StreamListener) => () => void;
  /** All open outages, page by page. */
  readonly pages: (signal: AbortSignal) => AsyncIterable<readonly OutageRecord[]>;
  /** The outage that was heard of last. */
  readonly latest: (signal: AbortSignal) => Promise<OutageRecord | null>;
  readonly isHidden: () => boolean;
  readonly nextFrame: (paint: () => void) => void;
}

/** The browser, and the gateway behind it. */
export const BROWSER: Surroundings = {
  listen: ({ onOpen, onError, onOutage }) => {
    const source = new EventSource('/api/oms/stream');
    source.addEventListener('open', onOpen);
    source.addEventListener('error', () => onError(source.readyState === EventSource.CLOSED));
    source.addEventListener('outage', (message: MessageEvent<string>) =>
      onOutage(JSON.parse(message.data) as OutageRecord),
    );
    return () => source.close();
  },
  pages: openOutagePages,
  latest: fetchLatestOutage,
  isHidden: () => document.hidden,
  nextFrame: (paint) => requestAnimationFrame(paint),
};
