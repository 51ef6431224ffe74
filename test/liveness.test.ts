/** Whoever cannot go on is gone, whatever its native threads do; and whoever runs it sees that. */
import { execFileSync, fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const BUILT = new URL('../dist/connections/', import.meta.url);
const folder = await mkdtemp(join(tmpdir(), 'oms-liveness-'));

afterAll(() => rm(folder, { recursive: true, force: true }));

/** A program of its own, which imports from the built `connections/`. */
async function program(name: string, lines: readonly string[]): Promise<string> {
  if (!existsSync(BUILT)) throw new Error('dist/ is missing: run "npm run build".');
  const file = join(folder, `${name}.mjs`);
  await writeFile(file, lines.join('\n').replaceAll('BUILT', BUILT.href));
  return file;
}

interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly said: string;
  readonly afterMs: number;
}

async function endOf(child: ChildProcess): Promise<End> {
  const startedAt = performance.now();
  let said = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (said += text));
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { code, signal, said, afterMs: performance.now() - startedAt };
}

/** What keeps a thread of libuv's pool for ever: the opening of a pipe that nobody writes to. */
const HUNG_THREAD = `import { readFile } from 'node:fs'; readFile(process.argv[2], () => undefined);`;

function pipeFile(): string {
  const file = join(folder, 'pipe');
  if (!existsSync(file)) execFileSync('mkfifo', [file]);
  return file;
}

describe('a process with a native thread that hangs', () => {
  it('would never come to its end by process.exit', async () => {
    const file = await program('exit', [
      HUNG_THREAD,
      `setTimeout(() => { console.error('out'); process.exit(1); }, 100);`,
    ]);
    const child = spawn(process.execPath, [file, pipeFile()], { stdio: ['ignore', 'ignore', 'pipe'] });
    const ended = endOf(child);
    await once(child.stderr!, 'data');
    expect(await Promise.race([ended, new Promise((done) => setTimeout(done, 3000, 'lives'))])).toBe('lives');
    child.kill('SIGKILL');
    await ended;
  });

  it('is gone 9 s after it began to end, and has said why', async () => {
    const file = await program('soon', [HUNG_THREAD, `import { endSoon } from 'BUILTending.js'; endSoon();`]);
    const end = await endOf(spawn(process.execPath, [file, pipeFile()], { stdio: ['ignore', 'ignore', 'pipe'] }));
    expect(end).toMatchObject({ signal: 'SIGKILL', said: expect.stringContaining('did not end within 9 s') });
    expect(end.afterMs).toBeLessThan(10_000);
  });

  it('ends at once when it is told twice', async () => {
    const file = await program('twice', [
      HUNG_THREAD,
      `import { toldToStop } from 'BUILTending.js';`,
      `void toldToStop().then(() => console.error('told'));`,
      `console.error('listens');`,
    ]);
    const child = spawn(process.execPath, [file, pipeFile()], { stdio: ['ignore', 'ignore', 'pipe'] });
    const ended = endOf(child);
    await once(child.stderr!, 'data');
    child.kill('SIGTERM');
    await once(child.stderr!, 'data');
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ signal: 'SIGKILL' });
  });

  it('ends at once on an error that nobody caught, and says it', async () => {
    const file = await program('uncaught', [
      HUNG_THREAD,
      `import { endOnUncaught } from 'BUILTending.js'; endOnUncaught(console.error);`,
      `setTimeout(() => { throw new Error('a bug'); }, 50);`,
    ]);
    const end = await endOf(spawn(process.execPath, [file, pipeFile()], { stdio: ['ignore', 'ignore', 'pipe'] }));
    expect(end).toMatchObject({ signal: 'SIGKILL', said: expect.stringContaining('Error: a bug') });
  });
});

describe('the watchdog', () => {
  const WATCHED = [
    `import { Watchdog } from 'BUILTwatchdog.js';`,
    `import { Pulse } from 'BUILT../streams/pulse.js';`,
    'const watchdog = new Watchdog(2);',
    'watchdog.watchEventLoop();',
    'const pulse = new Pulse();',
    `watchdog.watch('place', pulse);`,
    'const turning = setInterval(() => pulse.turn(), 100);',
  ];

  it.each([
    ['a loop that does not turn while the others do', 'setTimeout(() => clearInterval(turning), 300);', 'place'],
    ['an event loop that never comes round', 'setTimeout(() => { for (;;); }, 300);', 'the event loop'],
    [
      'a call that never returns',
      'setTimeout(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0), 300);',
      'the event loop',
    ],
  ])('ends %s', async (name, fault, who) => {
    const file = await program(name.replaceAll(' ', '-'), [...WATCHED, fault, 'setInterval(() => undefined, 1000);']);
    const end = await endOf(spawn(process.execPath, [file], { stdio: ['ignore', 'ignore', 'pipe'] }));
    expect(end.signal).toBe('SIGKILL');
    expect(end.said).toMatch(/(place|the event loop) has stood still for 2 s/);
    if (who === 'place') expect(end.said).toContain(who);
  });

  it('lets a process live that turns, and one that was frozen', async () => {
    const file = await program('turns', [...WATCHED, `setInterval(() => console.error('turned'), 1000);`]);
    const child = spawn(process.execPath, [file], { stdio: ['ignore', 'ignore', 'pipe'] });
    const ended = endOf(child);
    const turned = async (times: number): Promise<void> => {
      for (let i = 0; i < times; i++) await once(child.stderr!, 'data');
    };
    await turned(1);
    child.kill('SIGSTOP');
    await new Promise((done) => setTimeout(done, 4000));
    child.kill('SIGCONT');
    await turned(4);
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ signal: 'SIGTERM', said: expect.not.stringContaining('stood still') });
  });
});

describe('a process that runs others', () => {
  it('ends a child that falls silent, and no other', async () => {
    const { endWhenSilent } = await import('../connections/parent.js');
    const file = await program('child', [
      `import { beatToParent } from 'BUILTparent.js'; beatToParent(); setInterval(() => undefined, 1000);`,
    ]);
    const [frozen, other] = [1, 2].map(() => fork(file)) as [ChildProcess, ChildProcess];
    const silent: string[] = [];
    for (const [name, child] of [
      ['frozen', frozen],
      ['other', other],
    ] as const)
      endWhenSilent(child, (silentS) => silent.push(`${name} ${silentS}`), 3);
    await Promise.all([once(frozen, 'message'), once(other, 'message')]);
    frozen.kill('SIGSTOP');
    const [, signal] = (await once(frozen, 'exit')) as [number | null, string];
    expect([signal, silent]).toEqual(['SIGKILL', ['frozen 3']]);
    await once(other, 'message');
    expect(other.exitCode).toBeNull();
    other.kill('SIGKILL');
    await once(other, 'exit');
  });
});
