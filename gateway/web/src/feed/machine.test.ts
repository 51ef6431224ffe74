import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DATABASE_LAG_MS } from './openOutages.js';
import { CLOSED, isLive, RETRY_MS, step, STREAM_PATIENCE_MS, type FeedEvent, type Timer } from './machine.js';

const UNREACHABLE = { kind: 'unreachable' } as const;
const LONGEST_MS: Record<Timer, number> = { list: DATABASE_LAG_MS, stream: 10_000, probe: 15_000, expiry: 5_000 };

/** A browser and a gateway that do what the machine says, and see to it that it says nothing foolish. */
class World {
  state = CLOSED;
  now = 1_000_000;
  readonly sources = new Set<number>();
  readonly timers = new Map<Timer, number>();
  reading: number | null = null;
  probing: number | null = null;
  /** How long each wait after a failed list was, since the last that came. */
  retries: number[] = [];

  tell(event: FeedEvent): void {
    const before = this.state;
    const [state, effects] = step(before, event, this.now);
    this.state = state;
    for (const effect of effects) {
      if (effect.do === 'open') this.sources.add(effect.number);
      if (effect.do === 'close') this.sources.clear();
      if (effect.do === 'read') this.reading = effect.number;
      if (effect.do === 'abortRead') this.reading = null;
      if (effect.do === 'probe') this.probing = effect.number;
      if (effect.do === 'abortProbe') this.probing = null;
      if (effect.do === 'cancel') this.timers.delete(effect.timer);
      if (effect.do === 'set') {
        expect(effect.ms).toBeGreaterThanOrEqual(1_000);
        expect(effect.ms).toBeLessThanOrEqual(LONGEST_MS[effect.timer]);
        this.timers.set(effect.timer, this.now + effect.ms);
      }
      expect(this.sources.size, 'sources open at once').toBeLessThanOrEqual(1);
    }
    if (state.asOf !== before.asOf) expect(state.asOf).toBe(this.now);
    if (event.type === 'listFailed') this.retries.push(this.timers.get('list')! - this.now);
    const isListed = event.type === 'listed' && event.reading === before.reading;
    if (isListed || event.type === 'stop') this.retries = [];
    expect(this.retries).toEqual(this.retries.map((_, at) => RETRY_MS[Math.min(at, RETRY_MS.length - 1)]));
    this.#check();
  }

  #check(): void {
    const { stream, failure } = this.state;
    const isRunning = stream !== 'closed';
    if (!isRunning) {
      expect([this.sources.size, this.timers.size, this.reading, this.probing]).toEqual([0, 0, null, null]);
      return;
    }
    expect(this.sources.size, `sources while ${stream}`).toBe(stream === 'waiting' ? 0 : 1);
    expect(this.timers.has('stream')).toBe(stream === 'waiting');
    expect(this.timers.has('probe')).toBe(isLive(this.state));
    expect(this.timers.has('expiry')).toBe(true);
    // Without a stream, and after a failure, the list is on its way or will be asked for.
    if (!isLive(this.state) || failure !== null) expect(this.reading !== null || this.timers.has('list')).toBe(true);
  }

  /** Lets time go on to the next timer and fires it. */
  fire(): void {
    const [next] = [...this.timers].sort(([, a], [, b]) => a - b);
    if (!next) return;
    this.now = Math.max(this.now, next[1]);
    this.timers.delete(next[0]);
    this.tell({ type: 'due', timer: next[0] });
  }

  get source(): number {
    return [...this.sources][0] ?? -1;
  }

  /** Ends what is under way, as the gateway answers. */
  answer(): void {
    if (this.sources.size > 0 && !isLive(this.state)) this.tell({ type: 'opened', source: this.source });
    const { reading, probing } = this;
    this.reading = this.probing = null;
    if (reading !== null) this.tell({ type: 'listed', reading, unsettled: 0 });
    if (probing !== null) this.tell({ type: 'probed', probing, newest: 'same' });
  }
}

const SOME = fc.integer({ min: 0, max: 60 });
/** What may happen, whether or not the machine waits for it; numbers that are not under way are those of late answers. */
const happening = fc.oneof(
  fc.constant((world: World) => world.tell({ type: 'start' })),
  { weight: 4, arbitrary: fc.constant((world: World) => world.fire()) },
  fc.integer({ min: 1, max: 20_000 }).map((ms) => (world: World) => {
    const next = Math.min(...world.timers.values());
    world.now = Math.min(world.now + ms, next);
  }),
  { weight: 3, arbitrary: fc.constant((world: World) => world.tell({ type: 'opened', source: world.source })) },
  fc.boolean().map((gone) => (world: World) => world.tell({ type: 'broken', source: world.source, gone })),
  fc.constant((world: World) => world.tell({ type: 'heard', source: world.source })),
  fc.nat(2).map((unsettled) => (world: World) => {
    const { reading } = world;
    world.reading = null;
    if (reading !== null) world.tell({ type: 'listed', reading, unsettled });
  }),
  fc.constant((world: World) => {
    const { reading } = world;
    world.reading = null;
    if (reading !== null) world.tell({ type: 'listFailed', reading, why: UNREACHABLE });
  }),
  fc.constantFrom('a', 'b', '').map((newest) => (world: World) => {
    const { probing } = world;
    world.probing = null;
    if (probing !== null) world.tell({ type: 'probed', probing, newest });
  }),
  fc.constant((world: World) => {
    const { probing } = world;
    world.probing = null;
    if (probing !== null) world.tell({ type: 'probeFailed', probing });
  }),
  SOME.map((number) => (world: World) => {
    if (number !== world.source) world.tell({ type: 'opened', source: number });
  }),
  SOME.map((number) => (world: World) => {
    if (number !== world.source) world.tell({ type: 'broken', source: number, gone: true });
  }),
  SOME.map((number) => (world: World) => {
    if (number !== world.reading) world.tell({ type: 'listed', reading: number, unsettled: 0 });
  }),
  SOME.map((number) => (world: World) => {
    if (number !== world.probing) world.tell({ type: 'probeFailed', probing: number });
  }),
);
const history = fc.array(fc.oneof({ weight: 30, arbitrary: happening }, fc.constant(stop)), { maxLength: 80 });

function stop(world: World): void {
  world.tell({ type: 'stop' });
}

function worldAfter(happenings: readonly ((world: World) => void)[]): World {
  const world = new World();
  world.tell({ type: 'start' });
  for (const happens of happenings) happens(world);
  return world;
}

it('holds one source at most, waits within bounds, always asks on, and leaves nothing behind', () => {
  fc.assert(
    fc.property(history, (happenings) => {
      const world = worldAfter(happenings);
      world.tell({ type: 'stop' });
      expect(world.state.stream).toBe('closed');
    }),
    { numRuns: 2_000 },
  );
});

it('comes back to live with all of the list, whatever was before, once the gateway answers', () => {
  fc.assert(
    fc.property(history, (happenings) => {
      const world = worldAfter(happenings);
      world.tell({ type: 'start' });
      const since = world.now;
      world.answer();
      while ((!world.state.listed || world.state.failure !== null) && world.now - since < 60_000) {
        world.fire();
        world.answer();
      }
      expect(world.state).toMatchObject({ listed: true, failure: null, failures: 0 });
      expect(isLive(world.state)).toBe(true);
      expect(world.now - since).toBeLessThanOrEqual(10_000);
    }),
    { numRuns: 2_000 },
  );
});

it('opens another source only when the probe found more than a silent stream told', () => {
  const probed = (newest: string, hear: boolean): World => {
    const world = worldAfter([]);
    world.answer();
    const probe = (found: string): void => {
      while (world.probing === null) world.fire();
      const { probing } = world;
      world.probing = null;
      world.tell({ type: 'probed', probing, newest: found });
    };
    probe('a');
    if (hear) world.tell({ type: 'heard', source: world.source });
    probe(newest);
    return world;
  };
  expect(probed('a', false).state.stream).toBe('silent');
  expect(probed('b', true).state.stream).toBe('live');
  const reopened = probed('b', false);
  expect(reopened.state.stream).toBe('retrying');
  expect(reopened.source).toBe(reopened.state.source);
});

it('does not claim to have been right before it had all of the list', () => {
  const world = worldAfter([]);
  world.tell({ type: 'opened', source: world.source });
  world.now += 1_000;
  world.tell({ type: 'broken', source: world.source, gone: false });
  expect(world.state.asOf).toBeNull();
});

it('asks less and less often while the list fails, every ten seconds at last', () => {
  const world = worldAfter([]);
  for (let failures = 0; failures < 6; failures++) {
    while (world.reading === null) world.fire();
    const { reading } = world;
    world.reading = null;
    world.tell({ type: 'listFailed', reading, why: UNREACHABLE });
  }
  expect(world.retries).toEqual([2_000, 4_000, 8_000, 10_000, 10_000, 10_000]);
});

it('reads the list while the stream does not open, every ten seconds', () => {
  const world = worldAfter([]);
  const read: number[] = [];
  for (let at = 0; at < 40; at++) {
    world.fire();
    const { reading } = world;
    world.reading = null;
    if (reading === null) continue;
    read.push(world.now - world.state.since);
    world.tell({ type: 'listed', reading, unsettled: 0 });
  }
  expect(read.slice(0, 3)).toEqual([STREAM_PATIENCE_MS, 13_000, 23_000]);
});
