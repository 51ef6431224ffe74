import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GIVEN_RULE_SETS } from '../operators/model/rules.js';
import { COMMAND_REJECTIONS, LATE_REASONS, REJECTIONS, UNPLACED_REASONS } from '../operators/model/rejections.js';
import { bySource, SOURCES, type Source } from '../operators/model/source.js';
import { STATUSES } from '../operators/model/status.js';
import { TIMELINE } from '../operators/model/timeline.js';
import { migrate } from '../sql/migrate.js';
import { readNetwork } from '../pipeline/jobs/network/read.js';
import { TestSystem } from './kit/system.js';

const network = await readNetwork(new URL('../data/contract-cases/network', import.meta.url).pathname);

let system: TestSystem;

beforeAll(async () => {
  system = await TestSystem.start(network);
});

afterAll(() => system.stop());

async function texts(sql: string): Promise<string[]> {
  const { rows } = await system.pool.query<{ text: string }>(sql);
  return rows.map(({ text }) => text);
}

const OURS = `n.nspname in (${['network', 'oms', 'reconcile', ...SOURCES].map((name) => `'${name}'`).join(', ')})`;

describe('the schema', () => {
  it('comments on every table, view, column and function that a person may query', async () => {
    const relations = `select n.nspname || '.' || c.relname as text from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where ${OURS} and c.relkind in ('r', 'v', 'p') and c.relname !~ '^events_\\d{8}$' and obj_description(c.oid) is null`;
    const columns = `select n.nspname || '.' || c.relname || '.' || a.attname as text from pg_attribute a
      join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
      where ${OURS} and c.relkind in ('r', 'v', 'p') and c.relname !~ '^events_' and a.attnum > 0 and not a.attisdropped
        and col_description(a.attrelid, a.attnum) is null`;
    const functions = `select p.proname as text from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where ${OURS} and obj_description(p.oid) is null`;
    expect(await texts(relations)).toEqual([]);
    expect(await texts(columns)).toEqual([]);
    expect(await texts(functions)).toEqual([]);
  });

  it('indexes every geometry', async () => {
    const bare = `select n.nspname || '.' || c.relname || '.' || a.attname as text from pg_attribute a
      join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
      where ${OURS} and c.relkind in ('r', 'p') and c.relname not in ('placed_event') and format_type(a.atttypid, null) = 'geometry'
        and not exists (select from pg_index i where i.indrelid = c.oid and a.attnum = any(i.indkey))`;
    expect(await texts(bare)).toEqual([]);
  });

  it.each([
    ['oms.outages', 'status', STATUSES],
    ['oms.timeline', 'what', TIMELINE],
    ['oms.rejected', 'reason', REJECTIONS],
    ['reconcile.commands', 'rejected', COMMAND_REJECTIONS],
    ['oms.unplaced', 'reason', UNPLACED_REASONS],
    ['reconcile.unplaced', 'reason', UNPLACED_REASONS],
    ['oms.late', 'reason', LATE_REASONS],
    ['reconcile.late', 'reason', LATE_REASONS],
  ])('knows of %s the words that its %s may be, and no other', async (table, column, known) => {
    const check = `select pg_get_constraintdef(oid) as text from pg_constraint
      where conrelid = '${table}'::regclass and conname like '%\\_${column}\\_known'`;
    const words = [...(await texts(check))[0]!.matchAll(/'(\w+)'/g)].map(([, word]) => word);
    expect(words).toEqual([...known]);
  });

  it('knows the sources as the program does', async () => {
    const { rows } = await system.pool.query<{ source: Source; row: object }>(
      `select source, jsonb_build_object('number', number, 'weight', weight, 'lookedUp', looked_up, 'speaksWide', speaks_wide) as row
       from oms.sources order by number`,
    );
    const known = bySource((_, { number, weight, lookedUp, speaksWide }) => ({ number, weight, lookedUp, speaksWide }));
    expect(Object.fromEntries(rows.map(({ source, row }) => [source, row]))).toEqual(known);
    const asked = await texts(
      `select concat_ws(' ', source, oms.is_source(source), oms.speaks_wide(source), oms.likely_kind(source)) as text
       from (select source from oms.sources order by number) known`,
    );
    expect(asked).toEqual(
      SOURCES.map((source) => `${source} t ${known[source].speaksWide ? 't' : 'f'} ${known[source].lookedUp[0]}`),
    );
    expect(await texts(`select oms.is_source('phone')::text as text`)).toEqual(['false']);
    const numbers = `select oms.keep_source($1, $2, 1, '{device}', false, 'Images')`;
    await expect(system.pool.query(numbers, ['drone', 1])).rejects.toThrow('Source kaifa has number 1');
    await expect(system.pool.query(numbers, ['kaifa', 9])).rejects.toThrow('kaifa cannot have 9');
  });

  it.each(Object.values(GIVEN_RULE_SETS))('knows the given rule set $name as the program does', async (ruleSet) => {
    const { rows } = await system.pool.query('select reconcile.given_rules($1) as given', [ruleSet.name]);
    expect(rows).toEqual([{ given: ruleSet }]);
  });

  it('goes back to nothing and forth again', async () => {
    const url = system.environment.databaseUrl!;
    expect(await migrate(url)).toEqual([]);
    expect(await migrate(url, '000')).toEqual([
      '019.undo.no-device-data.sql',
      '018.undo.former-keys.sql',
      '017.undo.identities.sql',
      '016.undo.words.sql',
      '015.undo.meaning.sql',
      '014.undo.sources.sql',
      '013.undo.statuses.sql',
      '012.undo.opened-anew.sql',
      '011.undo.repairs.sql',
      '010.undo.sweeps.sql',
      '009.undo.placed-by-hand.sql',
      '008.undo.amends.sql',
      '007.undo.hot-indices.sql',
      '006.undo.findings.sql',
      '005.undo.backfills.sql',
      '004.undo.reconcile.sql',
      '003.undo.raw-events.sql',
      '002.undo.outages.sql',
      '001.undo.network.sql',
    ]);
    expect(await texts(`select n.nspname as text from pg_namespace n where ${OURS}`)).toEqual([]);
    expect(await migrate(url)).toHaveLength(19);
  });

  it('keeps raw events by day, and drops the days whose retention is over', async () => {
    const { pool } = system;
    await pool.query("select oms.ensure_day('2026-10-04'), oms.ensure_day('2026-10-04'), oms.ensure_day('2026-10-05')");
    for (const day of ['2026-10-03', '2026-10-04', '2026-10-05']) {
      await pool.query(
        `insert into kaifa.events (source_event_id, kind, type, substation_id, feeder_id, reach, occurred_at, received_at, t,
           feeder_customers, flags, geom, log_partition, log_offset, log_index)
         values ($1, 'outage', '', 'S', 'F', 'point', $2, $2, $2, 0, '{}', 'SRID=4326;POINT(35 31)', 0, 0, 0)`,
        [day, `${day}T23:59:59.999Z`],
      );
    }
    const where = "select tableoid::regclass || ' ' || source_event_id as text from kaifa.events order by 1";
    expect(await texts(where)).toEqual([
      'kaifa.events_20261004 2026-10-04',
      'kaifa.events_20261005 2026-10-05',
      'kaifa.events_rest 2026-10-03',
    ]);
    expect(await system.count("select oms.drop_days_before('2026-10-05')")).toBe(4);
    expect(await texts(where)).toEqual(['kaifa.events_20261005 2026-10-05']);
  });
});
