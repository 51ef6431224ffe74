import { useCallback, useEffect } from 'react';
import { Header } from './parts/header/Header.js';
import { OutOfDate } from './parts/header/OutOfDate.js';
import { useFeed } from './feed/useFeed.js';
import { useRoute } from './pages/useRoute.js';
import { totals } from './feed/totals.js';
import { OutageView } from './pages/outages/OutageView.js';
import { useTheme } from './theme/useTheme.js';
import { words } from './words/words.js';

/** The views, in the order of the header; the first is where one lands. A new page of the product is a new line here. */
const VIEWS = [{ id: 'outages', title: words.pages.outages, View: OutageView }] as const;

export function App() {
  const feed = useFeed();
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
    document.title = words.tab(open);
  }, [open]);

  return (
    <>
      <Header feed={feed} views={VIEWS} current={id} theme={choice} onTheme={choose} />
      <OutOfDate feed={feed} />
      <View feed={feed} theme={theme} selectedId={route.selected} onSelect={select} />
    </>
  );
}
