import { expect, test } from 'vitest';
import { containerName, runArguments } from './docker.js';

test('a container is published on the loopback address only and keeps its data in a volume of its name', () => {
  const name = containerName('/a/.oms', 'postgres');
  expect(name).toMatch(/^oms-[0-9a-f]{8}-postgres$/);
  const args = runArguments({
    name: 'postgres',
    title: 'PostGIS',
    home: '/a/.oms',
    image: 'postgis/postgis:15-3.3',
    hostPort: 5433,
    containerPort: 5432,
    portVariable: 'OMS_POSTGRES_PORT',
    dataFolder: '/var/lib/postgresql/data',
    env: { POSTGRES_USER: 'oms' },
    answers: async () => {},
    readyTimeoutMs: 1,
    say: () => {},
  });
  expect(args.join(' ')).toBe(
    `run --detach --name ${name} --label oms.home=/a/.oms --publish 127.0.0.1:5433:5432 ` +
      `--volume ${name}:/var/lib/postgresql/data --env POSTGRES_USER=oms postgis/postgis:15-3.3`,
  );
});
