import type { Producer } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { EMPTY_NETWORK, type Network } from '../../../operators/network/network.js';
import { elementsOf } from '../../../operators/network/registry.js';
import { publishChanges, publishNetwork } from './store.js';

const substation = { substationId: 'S1', name: 'One', lat: 46, lon: -119, voltageKv: 33 };
const feeder = { feederId: 'F1', substationId: 'S1', name: 'First', lat: 46, lon: -119 };
const network: Network = { ...EMPTY_NETWORK, substations: [substation], feeders: [feeder] };
const onTopic = new Map([...elementsOf(network)].map(([id, element]) => [id, JSON.stringify(element)]));

interface Message {
  readonly key: string;
  readonly value: string | null;
}

/** A producer that keeps what it is given. */
function keeper(): { producer: Producer; sent: Message[] } {
  const sent: Message[] = [];
  const send = ({ messages }: { messages: readonly Message[] }) => Promise.resolve(void sent.push(...messages));
  return { producer: { send } as unknown as Producer, sent };
}

describe('what an import publishes', () => {
  it('is what is new, changed or gone, and nothing else', async () => {
    const { producer, sent } = keeper();
    const renamed = { ...feeder, name: 'North' };
    const added = { ...feeder, feederId: 'F2' };
    const after: Network = { ...EMPTY_NETWORK, feeders: [renamed, added] };
    expect(await publishNetwork(producer, 'oms.network', network, after)).toBe(3);
    expect(sent).toEqual([
      { key: 'feeder/F1', value: JSON.stringify({ kind: 'feeder', element: renamed }) },
      { key: 'feeder/F2', value: JSON.stringify({ kind: 'feeder', element: added }) },
      { key: 'substation/S1', value: null },
    ]);
  });

  it('leaves ONUs alone that were mapped to a meter', async () => {
    const { producer, sent } = keeper();
    const records = new Map([
      ...onTopic,
      ['onu/O1', '{"kind":"onu","element":{"onuId":"O1","meterId":"M1"}}'] as const,
    ]);
    expect(await publishChanges(producer, 'oms.network', { records, unreadable: [] }, network)).toBe(0);
    expect(sent).toEqual([]);
  });
});
