import 'maplibre-gl/dist/maplibre-gl.css';
import './MapPane.css';
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import type { NetworkSummary } from '../api/network.js';
import type { Member, OutageRecord } from '../api/outages.js';
import type { OpenOutage } from '../feed/openOutages.js';
import { PALETTES, type Theme } from '../theme/palette.js';
import { words } from '../words/words.js';
import { MapLegend } from './MapLegend.js';
import { NetworkMap, type MapHit } from './networkMap.js';

/** Where the map is asked to go. A new object each time, so that the same place can be asked for twice. */
export type MapTarget =
  | { readonly kind: 'outage'; readonly bbox: NonNullable<OutageRecord['bbox']> }
  | { readonly kind: 'place'; readonly lat: number; readonly lon: number; readonly text: string };

interface MapPaneProps {
  readonly network: NetworkSummary | null;
  readonly outages: readonly OpenOutage[];
  readonly selected: OutageRecord | null;
  readonly fresh: ReadonlySet<string>;
  readonly members: readonly Member[];
  readonly target: MapTarget | null;
  readonly theme: Theme;
  readonly onSelect: (outageId: string) => void;
  readonly describe: (hit: MapHit) => string | null;
}

export function MapPane(props: MapPaneProps) {
  const { network, outages, selected, fresh, members, target, theme } = props;
  const container = useRef<HTMLDivElement>(null);
  const [map, setMap] = useState<NetworkMap | null>(null);
  const [failed, setFailed] = useState(false);
  const palette = PALETTES[theme];

  const onSelect = useEffectEvent((outageId: string) => props.onSelect(outageId));
  const describe = useEffectEvent((hit: MapHit) => props.describe(hit));
  const firstPalette = useEffectEvent(() => palette);

  useEffect(() => {
    let created: NetworkMap;
    try {
      created = new NetworkMap(container.current!, firstPalette(), {
        onSelect: (outageId) => onSelect(outageId),
        describe: (hit) => describe(hit),
      });
    } catch (error) {
      console.error(error);
      setFailed(true);
      return;
    }
    setMap(created);
    return () => {
      setMap(null);
      created.remove();
    };
  }, []);

  useEffect(() => map?.setPalette(palette), [map, palette]);
  useEffect(() => {
    if (network) map?.setNetwork(network);
  }, [map, network]);
  useEffect(() => map?.setOutages(outages, selected, fresh), [map, outages, selected, fresh]);
  useEffect(() => map?.setMembers(members), [map, members]);
  useEffect(() => {
    if (target?.kind === 'outage') map?.focus(target.bbox);
    if (target?.kind === 'place') map?.point(target.lon, target.lat, target.text);
  }, [map, target]);

  return (
    <section className="map-pane" aria-label={words.map.name} data-testid="map">
      <div ref={container} className="map" />
      {failed && <p className="map-message">{words.map.noWebGl}</p>}
      {network !== null && network.bounds === null && <p className="map-message">{words.map.noNetwork}</p>}
      <MapLegend onShowAll={() => map?.showAll(true)} />
    </section>
  );
}
