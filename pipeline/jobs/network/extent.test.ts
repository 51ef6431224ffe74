import { describe, expect, it } from 'vitest';
import { EMPTY_NETWORK, type Customer, type Network } from '../../../operators/network/network.js';
import { doubtsOfPlace, extentOf, extentText } from './extent.js';
import { readNetwork } from './read.js';

const cases = new URL('../../../data/field-cases/', import.meta.url);
const ieee9500 = await readNetwork(new URL('../../../data/ieee9500', import.meta.url).pathname);
const amman = await readNetwork(new URL('../../../data/contract-cases/network', import.meta.url).pathname);

/** A network of customers at places. */
function at(...places: readonly (readonly [lat: number, lon: number])[]): Network {
  const customers = places.map(([lat, lon], i): Customer => {
    return { customerId: `C${i}`, dpId: 'D', lat, lon, meterId: null, onuId: null, priority: null };
  });
  return { ...EMPTY_NETWORK, customers };
}

function moved(network: Network, move: (place: { lat: number; lon: number }) => { lat: number; lon: number }): Network {
  const all = <T extends { readonly lat: number; readonly lon: number }>(list: readonly T[]): T[] =>
    list.map((one) => ({ ...one, ...move(one) }));
  const { substations, feeders, devices, distributionPoints, customers } = network;
  return {
    ...network,
    substations: all(substations),
    feeders: all(feeders),
    devices: all(devices),
    distributionPoints: all(distributionPoints),
    customers: all(customers),
  };
}

describe('the extent of a network', () => {
  it('is the box of its elements, and none of nothing', () => {
    expect(extentOf(at([31.9, 35.9], [32.1, 36.1], [32, 36]))).toEqual({
      south: 31.9,
      north: 32.1,
      west: 35.9,
      east: 36.1,
      middle: { lat: 32, lon: 36 },
    });
    expect(extentOf(EMPTY_NETWORK)).toBeNull();
  });

  it('is told in degrees and kilometres', () => {
    expect(extentText(extentOf(at([31.9, 35.9], [32.1, 36.1], [32, 36]))!)).toBe(
      'It lies from 31.900 N to 32.100 N and from 35.900 E to 36.100 E (22 km by 19 km).',
    );
    expect(extentText(extentOf(at([-33.9, -70.7]))!)).toBe(
      'It lies from 33.900 S to 33.900 S and from 70.700 W to 70.700 W (0.0 km by 0.0 km).',
    );
  });

  it('across the date line goes the short way round', async () => {
    const fiji = await readNetwork(new URL('50-antimeridian.geojson', cases).pathname);
    expect(extentOf(fiji)).toMatchObject({ west: 179.999, east: -179.999 });
    expect(extentText(extentOf(fiji)!)).toMatch(/from 179\.999 E to 179\.999 W \(0\.0 km by 0\.2 km\)\.$/);
    expect(extentOf(at([0, 170], [0, -170], [0, 175], [0, -175]))).toMatchObject({ west: 170, east: -170 });
    expect(extentOf(at([0, -10], [0, 10]))).toMatchObject({ west: -10, east: 10 });
    expect(extentOf(at([0, 180], [0, -180]))).toMatchObject({ west: 180, east: -180 });
  });
});

describe('what is worth a word', () => {
  it('is a network that lies far from the one that is there', () => {
    expect(doubtsOfPlace(ieee9500, amman)).toEqual([
      expect.stringMatching(/^It lies 10\d{3} km from the network that is there, which is at 46\.\d+ N, 119\.\d+ W\.$/),
    ]);
    expect(
      doubtsOfPlace(
        amman,
        moved(amman, ({ lat, lon }) => ({ lat: lat + 4, lon })),
      ),
    ).toEqual([]);
    expect(
      doubtsOfPlace(
        amman,
        moved(amman, ({ lat, lon }) => ({ lat: lat + 5, lon })),
      ),
    ).toHaveLength(1);
    expect(doubtsOfPlace(EMPTY_NETWORK, amman)).toEqual([]);
    expect(doubtsOfPlace(amman, EMPTY_NETWORK)).toEqual([]);
  });

  it('is one of another continent, though its files are in order', async () => {
    const swapped = await readNetwork(new URL('54-swapped-order.geojson', cases).pathname);
    expect(extentText(extentOf(swapped)!)).toMatch(
      /^It lies from 35\.930 N to 35\.939 N and from 31\.950 E to 31\.950 E/,
    );
    expect(doubtsOfPlace(ieee9500, swapped)).toEqual([
      expect.stringMatching(/^It lies \d+ km from the network that is/),
    ]);
  });

  it('is one that would lie on the other with latitude and longitude exchanged', async () => {
    const looks = /^Latitude and longitude look exchanged: it lies 5\d\d km from .* would lie \d.* from it\.$/;
    const swapped = await readNetwork(new URL('54-swapped-order.geojson', cases).pathname);
    expect(doubtsOfPlace(amman, swapped)).toEqual([expect.stringMatching(looks)]);
    const turned = moved(amman, ({ lat, lon }) => ({ lat: lon, lon: lat }));
    expect(doubtsOfPlace(amman, turned)).toEqual([expect.stringMatching(looks)]);
    // Near the line on which both are the same, a network is not far from its own image.
    const near = at([10, 10.5], [10.1, 10.6]);
    expect(
      doubtsOfPlace(
        near,
        moved(near, ({ lat, lon }) => ({ lat: lon, lon: lat })),
      ),
    ).toHaveLength(1);
    expect(
      doubtsOfPlace(
        near,
        moved(near, ({ lat, lon }) => ({ lat: lat + 0.1, lon })),
      ),
    ).toEqual([]);
  });

  it('is what of it lies astray', () => {
    const [first, second, ...rest] = amman.customers;
    const some = [
      { ...first!, lat: first!.lon, lon: first!.lat },
      { ...second!, lat: 0, lon: 0 },
    ];
    expect(doubtsOfPlace(EMPTY_NETWORK, { ...amman, customers: [...some, ...rest] })).toEqual([
      `customer ${second!.customerId} lies at 0, 0, as if nobody had known where.`,
      `customer ${first!.customerId} looks as if latitude and longitude were exchanged there: far from the rest.`,
    ]);
    const many = amman.customers.slice(0, 5).map((customer) => ({ ...customer, lat: 0, lon: 0 }));
    expect(doubtsOfPlace(EMPTY_NETWORK, { ...amman, customers: [...many, ...amman.customers.slice(5)] })).toEqual([
      '5 elements (customer C0a, customer C0b, customer C1a, ...) lie at 0, 0, as if nobody had known where.',
    ]);
  });
});
