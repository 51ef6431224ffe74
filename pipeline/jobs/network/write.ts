import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cellText } from '../../../operators/model/csv.js';
import type { Network } from '../../../operators/network/network.js';
import { TABLES, type Table } from './tables.js';

/**
 * Writes a network as a folder of CSV files, which `readNetwork` reads back equal. The folder is made if need be;
 * files of these names are replaced, others left alone.
 * @throws the file system's error if the folder cannot be written
 */
export async function writeNetwork(network: Network, dir: string): Promise<void> {
  await mkdir(dir, { recursive: true });
  await writeTable(dir, TABLES.substations, network.substations);
  await writeTable(dir, TABLES.feeders, network.feeders);
  await writeTable(dir, TABLES.devices, network.devices);
  await writeTable(dir, TABLES.sections, network.sections);
  await writeTable(dir, TABLES.distributionPoints, network.distributionPoints);
  await writeTable(dir, TABLES.customers, network.customers);
}

async function writeTable<T>(dir: string, table: Table<T>, records: readonly T[]): Promise<void> {
  const lines = records.map((record) => table.cellsOf(record).map(cellText).join(','));
  await writeFile(join(dir, table.file), `${[table.columns.join(','), ...lines].join('\n')}\n`);
}
