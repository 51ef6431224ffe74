import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkFields, TEXT } from '../operators/model/record-shape.js';
import type { Environment } from './environment.js';
import { OmsError } from './errors.js';

/** Where Kafka and PostGIS are, for commands that need them. */
interface Connections {
  readonly kafkaBrokers: string;
  readonly databaseUrl: string;
}

/** The file in which `npm start` leaves where its services are, so that `npx oms ...` finds them. */
export function connectionsFile(home: string): string {
  return join(home, 'connections.json');
}

function connections(environment: Environment): Partial<Connections> {
  try {
    const written: unknown = JSON.parse(readFileSync(connectionsFile(environment.home), 'utf8'));
    checkFields('connections.json', written, { kafkaBrokers: TEXT, databaseUrl: TEXT });
    return written;
  } catch {
    // No `npm start` runs here: then the environment must say it.
    return {};
  }
}

/** The Kafka to use: KAFKA_BROKERS, or that of a running `npm start`. Throws a sentence if there is neither. */
export function requireBrokers(environment: Environment): string {
  const brokers = environment.kafkaBrokers ?? connections(environment).kafkaBrokers;
  if (brokers === undefined)
    throw new OmsError('OMS_NO_KAFKA', 'No Kafka is known: run "npm start" here, or set KAFKA_BROKERS=host:port.');
  return brokers;
}

/** The database to use: DATABASE_URL, or that of a running `npm start`. Throws a sentence if there is neither. */
export function requireDatabase(environment: Environment): string {
  const url = environment.databaseUrl ?? connections(environment).databaseUrl;
  if (url === undefined)
    throw new OmsError(
      'OMS_NO_DATABASE',
      'No PostGIS is known: run "npm start" here, or set DATABASE_URL=postgres://...',
    );
  return url;
}
