import './OutageView.css';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { compareRecords } from '../../../../../operators/model/outage-order.js';
import { useClock } from '../../parts/clock.js';
import { eventName, shortId, type Member } from '../../api/outages.js';
import type { FeedSnapshot } from '../../feed/feed.js';
import { MapPane, type MapTarget } from '../../map/MapPane.js';
import type { MapHit } from '../../map/networkMap.js';
import type { Theme } from '../../theme/palette.js';
import { OutageDetail } from './detail/OutageDetail.js';
import { useOutageDetail } from './detail/useOutageDetail.js';
import { isNew } from './newness.js';
import { OutageList } from './OutageList.js';
import { useNetwork } from './useNetwork.js';
import { words } from '../../words/words.js';

const NO_MEMBERS: readonly Member[] = [];

export interface ViewProps {
  readonly feed: FeedSnapshot;
  readonly theme: Theme;
  /** What the URL says is selected. */
  readonly selectedId: string | null;
  readonly onSelect: (outageId: string | null, how?: 'push' | 'replace') => void;
}

/** The first page of a dispatcher: all open outages on the map and in the list, and one in detail. */
export function OutageView({ feed, theme, selectedId, onSelect }: ViewProps) {
  const { outages } = feed;
  const network = useNetwork();
  const [target, setTarget] = useState<MapTarget | null>(null);
  const [followed, setFollowed] = useState<{ from: string; to: string } | null>(null);

  const live = outages.find(({ record }) => record.outageId === selectedId)?.record ?? null;
  const state = useOutageDetail(selectedId, live);
  const fetched = state.detail?.outage ?? null;
  const selected = live && fetched ? (compareRecords(live, fetched) >= 0 ? live : fetched) : (live ?? fetched);
  const members = state.detail?.members ?? NO_MEMBERS;

  // Whoever holds the id of a merged outage finds the one that took it in.
  const mergedInto = selected?.status === 'merged' ? selected.mergedInto : null;
  useEffect(() => {
    if (selectedId === null || mergedInto === null) return;
    setFollowed({ from: selectedId, to: mergedInto });
    onSelect(mergedInto, 'replace');
  }, [selectedId, mergedInto, onSelect]);

  // A link that names an outage shows where it is, once it is known; a choice on the map leaves the map as it is.
  const [linkedId, setLinkedId] = useState(selectedId);
  useEffect(() => {
    if (linkedId === null || selected?.outageId !== linkedId || !network) return;
    setLinkedId(null);
    if (selected.bbox) setTarget({ kind: 'outage', bbox: selected.bbox });
  }, [linkedId, selected, network]);

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      // In a field Escape belongs to the field.
      if (event.key === 'Escape' && !(event.target instanceof HTMLInputElement)) onSelect(null);
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [onSelect]);

  const selectFromList = useCallback(
    (outageId: string) => {
      onSelect(outageId);
      setLinkedId(outageId);
    },
    [onSelect],
  );

  const freshKey = useClock((now) =>
    outages
      .filter((outage) => isNew(outage, now))
      .map(({ record }) => record.outageId)
      .join(' '),
  );
  const fresh = useMemo(() => new Set(freshKey === '' ? [] : freshKey.split(' ')), [freshKey]);

  const describe = (hit: MapHit): string | null => {
    if (hit.kind === 'device') return words.map.device(hit.type, hit.deviceId, hit.feederId);
    if (hit.kind === 'member') {
      const member = members.find(({ source, sourceEventId }) => eventName(source, sourceEventId) === hit.name);
      return words.map.member([hit.name, member?.assetId, member?.type].filter((part) => typeof part === 'string'));
    }
    const record = outages.find((outage) => outage.record.outageId === hit.outageId)?.record;
    if (!record) return null;
    const { severity, feederId, customersOut, status } = record;
    return words.map.outage(
      words.severity[severity],
      feederId,
      customersOut,
      words.status[status],
      shortId(hit.outageId),
    );
  };

  return (
    <main className={`outage-view${selectedId === null ? '' : ' has-detail'}`}>
      <MapPane
        network={network}
        outages={outages}
        selected={selected}
        fresh={fresh}
        members={members}
        target={target}
        theme={theme}
        onSelect={onSelect}
        describe={describe}
      />
      {selectedId !== null && (
        <OutageDetail
          outageId={selectedId}
          outage={selected}
          state={state}
          followedFrom={followed?.to === selectedId ? followed.from : null}
          feederName={network?.feeders.find(({ feederId }) => feederId === selected?.feederId)?.name ?? null}
          onShow={() => selected?.bbox && setTarget({ kind: 'outage', bbox: selected.bbox })}
          onPoint={({ lat, lon, source, sourceEventId }) => {
            if (lat === null || lon === null) return;
            setTarget({ kind: 'place', lat, lon, text: eventName(source, sourceEventId) });
          }}
          onClose={() => onSelect(null)}
        />
      )}
      <OutageList outages={outages} selectedId={selectedId} emptyText={emptyText(feed)} onSelect={selectFromList} />
    </main>
  );
}

function emptyText({ asOf, failure }: FeedSnapshot): string {
  if (asOf !== null) return words.outages.none;
  return failure === null ? words.outages.fetching : words.outages.notKnown;
}
