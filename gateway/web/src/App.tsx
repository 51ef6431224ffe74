import { useCallback, useEffect } from 'react';
import { Header } from './parts/header/Header.js';
import { OutOfDate } from './parts/header/OutOfDate.js';
import { useFeed } from './feed/useFeed.js';
import { useRoute } from './pages/useRoute.js';
import { totals } from './pages/outages/listing.js';
import { OutageView } from './pages/outages/OutageView.js';
import { useTheme } from './theme/useTheme.js';
import { useNow } from './parts/useNow.js';

/** The views, in the order of the header; the first is where one lands. A new page of the product is a new line here. */
const VIEWS = [{ id: 'outages', title: 'Outages', View: OutageView }] as const;

export function App() {
  const feed = useFeed();
  const now = useNow();
  const { theme, choice, choose } = useTheme();
  const [route, go] = useRoute();
  const { id, View } = VIEWS.find((view) => view.id === route.view) ?? VIEWS[0];
  const select = useCallback(
    (selected: string | null, how?: 'push' | 'replace') => go({ view: id, selected }, how),
    [id, go],
  );

  // The tab tells what is open while another one is in front.
  const { open } = totals(feed.outages);
  useEffect(() => {
    document.title = open > 0 ? `(${open}) OMS` : 'OMS';
  }, [open]);

  return (
    <>
      <Header feed={feed} views={VIEWS} current={id} theme={choice} now={now} onTheme={choose} />
      <OutOfDate feed={feed} now={now} />
      <View feed={feed} theme={theme} now={now} selectedId={route.selected} onSelect={select} />
    </>
  );
}
