import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, it } from 'vitest';

/** The walls of the house: docs/architecture.md says why, this says that they stand. */

/** What each room may use besides itself: other rooms, or a file of one. */
const MAY_USE: Readonly<Record<string, readonly string[]>> = {
  operators: [],
  streams: [],
  connections: ['operators', 'streams'],
  simulator: ['operators', 'connections/errors.ts'],
  // The program of the migrations.
  sql: ['operators', 'connections/errors.ts'],
  pipeline: ['operators', 'streams', 'connections'],
  gateway: ['operators', 'streams', 'connections'],
  cli: ['operators', 'streams', 'connections', 'simulator', 'sql', 'pipeline', 'gateway'],
};

/** What an operator must not have, as its result would hang on more than its input. */
const IMPURE = /^(kafkajs|node-rdkafka|pg|fastify|node:(fs|net|http|worker_threads|child_process|timers).*)$/;

/** Only the product: what tests it, measures it or starts it on a bare machine may use all of it. */
const files = Object.keys(MAY_USE)
  .flatMap((room) => readdirSync(room, { recursive: true, encoding: 'utf8' }).map((file) => join(room, file)))
  .filter((file) => /\.tsx?$/.test(file) && !/\.(test|fixture|d)\.tsx?$/.test(file));
const known = new Set(files);
const roomOf = (file: string): string => file.slice(0, file.indexOf('/'));
const mayUse = (room: string, file: string): boolean =>
  MAY_USE[room]!.includes(roomOf(file)) || MAY_USE[room]!.includes(file);

/** The texts behind `from` and in `import()`. */
function namesIn(file: string): string[] {
  return [...readFileSync(file, 'utf8').matchAll(/(?:\bfrom\s+|\bimport\s+|\bimport\()'([^']+)'/g)].map(
    ([, name]) => name!,
  );
}

/** The files that a file imports; styles and the like are none. */
function importsOf(file: string): string[] {
  return namesIn(file)
    .filter((name) => name.startsWith('.'))
    .flatMap((name) => {
      const path = normalize(join(dirname(file), name));
      const found = [path.replace(/\.js$/, '.ts'), path.replace(/\.js$/, '.tsx')].filter((one) => known.has(one));
      if (found.length === 0 && path.endsWith('.js'))
        throw new Error(`${file} imports ${name}, which is no file of a room.`);
      return found;
    });
}

const imports = new Map(files.map((file) => [file, importsOf(file)]));

it('a room uses those below it, and none beside or above', () => {
  expect(files.length).toBeGreaterThan(200);
  const wrong = [...imports].flatMap(([file, used]) =>
    used
      .filter((one) => roomOf(one) !== roomOf(file) && !mayUse(roomOf(file), one))
      .map((one) => `${file} uses ${one}`),
  );
  expect(wrong).toEqual([]);
});

it('operators use no Kafka, database, HTTP, file, thread or timer, no clock and no chance', () => {
  const operators = files.filter((file) => roomOf(file) === 'operators');
  expect(operators.flatMap((file) => namesIn(file).filter((name) => IMPURE.test(name)))).toEqual([]);
  const chance = operators.filter((file) =>
    /\bDate\.now\(|\bnew Date\(\)|Math\.random\(|performance\.now\(/.test(readFileSync(file, 'utf8')),
  );
  expect(chance).toEqual([]);
});

it('the streams library knows no outage', () => {
  const knowing = files.filter(
    (file) => roomOf(file) === 'streams' && /outage|feeder|substation|oms[. ]/i.test(readFileSync(file, 'utf8')),
  );
  expect(knowing).toEqual([]);
});

it('no file imports itself by way of others', () => {
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (file: string, way: readonly string[]): void => {
    const at = way.indexOf(file);
    if (at >= 0) circles.push([...way.slice(at), file].join(' > '));
    if (at >= 0 || done.has(file)) return;
    for (const one of imports.get(file)!) visit(one, [...way, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
  expect(circles).toEqual([]);
});
