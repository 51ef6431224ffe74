import { describe, expect, it } from 'vitest';
import type { Network, Section } from '../../operators/network/network.js';
import { distanceMm } from '../../operators/model/sphere.js';
import { demoNetwork } from './demo.js';

const demo = demoNetwork();

/** Substation of each customer, by its feeder's id. */
function substationOf(network: Network): Map<string, string> {
  const substations = new Map(network.feeders.map((feeder) => [feeder.feederId, feeder.substationId]));
  const points = new Map(network.distributionPoints.map((point) => [point.dpId, substations.get(point.feederId)!]));
  return new Map(network.customers.map((customer) => [customer.customerId, points.get(customer.dpId)!]));
}

function side(section: Section, lat: number, lon: number): number {
  const { fromLat, fromLon, toLat, toLon } = section;
  return Math.sign((toLat - fromLat) * (lon - fromLon) - (toLon - fromLon) * (lat - fromLat));
}

function cross(a: Section, b: Section): boolean {
  return (
    side(a, b.fromLat, b.fromLon) * side(a, b.toLat, b.toLon) < 0 &&
    side(b, a.fromLat, a.fromLon) * side(b, a.toLat, a.toLon) < 0
  );
}

describe('the demonstration network', () => {
  it('has substations SS001 to SS020 with four to six feeders each', () => {
    expect(demo.substations.map((substation) => substation.substationId)).toEqual(
      Array.from({ length: 20 }, (_, index) => `SS${String(index + 1).padStart(3, '0')}`),
    );
    for (const { substationId } of demo.substations) {
      const feeders = demo.feeders.filter((feeder) => feeder.substationId === substationId);
      expect(feeders.length).toBeGreaterThanOrEqual(4);
      expect(feeders.length).toBeLessThanOrEqual(6);
      expect(feeders[0]!.feederId).toBe(`${substationId}-F01`);
    }
  });

  it('has about 1 000 to 2 000 customers per substation, each with an 8-digit meter, 55 % with an ONU', () => {
    const counts = new Map<string, number>();
    for (const substation of substationOf(demo).values()) counts.set(substation, (counts.get(substation) ?? 0) + 1);
    for (const count of counts.values()) {
      expect(count).toBeGreaterThan(1000);
      expect(count).toBeLessThan(2200);
    }
    expect(demo.customers.every((customer) => /^\d{8}$/.test(customer.meterId ?? ''))).toBe(true);
    const share = demo.customers.filter((customer) => customer.onuId).length / demo.customers.length;
    expect(share).toBeCloseTo(0.55, 1);
  });

  it('has one breaker at the head of each feeder, and reclosers, switches and fuses below it', () => {
    for (const { feederId } of demo.feeders) {
      const devices = demo.devices.filter((device) => device.feederId === feederId);
      const heads = devices.filter((device) => device.upstreamDeviceId === null);
      expect(heads.map((head) => head.type)).toEqual(['breaker']);
      expect(new Set(devices.map((device) => device.type)).size).toBe(4);
    }
  });

  it('lies around Amman, every customer nearest to the substation that supplies it', () => {
    const supply = substationOf(demo);
    for (const customer of demo.customers.filter((_, index) => index % 10 === 0)) {
      const distances = demo.substations.map((s) => distanceMm(customer.lat, customer.lon, s.lat, s.lon));
      const nearest = demo.substations[distances.indexOf(Math.min(...distances))]!;
      expect(nearest.substationId).toBe(supply.get(customer.customerId));
      expect(distanceMm(customer.lat, customer.lon, 31.95, 35.93)).toBeLessThan(20_000_000);
    }
  });

  it('draws without a line that crosses another', () => {
    const { sections } = demoNetwork({ substations: 3 });
    const crossings = sections.flatMap((a, index) => sections.slice(index + 1).filter((b) => cross(a, b)));
    expect(crossings).toEqual([]);
  });

  it('is the same for the same seed, and another for another', () => {
    expect(demoNetwork({ substations: 2, seed: 7 })).toEqual(demoNetwork({ substations: 2, seed: 7 }));
    expect(demoNetwork({ substations: 2, seed: 7 })).not.toEqual(demoNetwork({ substations: 2, seed: 8 }));
  });

  it('is the beginning of a larger one', () => {
    const small = demoNetwork({ substations: 3 });
    expect(demo.customers.slice(0, small.customers.length)).toEqual(small.customers);
  });

  it('refuses a number of substations that it cannot number', () => {
    expect(() => demoNetwork({ substations: 0 })).toThrow('0 substations cannot be made; ask for 1 to 999.');
    expect(() => demoNetwork({ substations: 1000 })).toThrow('1000 substations cannot be made');
  });
});
