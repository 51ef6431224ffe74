/** What Kafka and PostGIS have in common, however they were brought up. */

export type ServiceName = 'kafka' | 'postgres';

/** A server that was brought up, with what fault tests need. */
export interface Service {
  /** given: by URL, not ours to end; docker: a container; local: a process on this machine. */
  readonly how: 'given' | 'docker' | 'local';
  /** Its process id as this machine sees it; null while it does not run, or when it is not ours. */
  readonly pid: number | null;
  /** Kills it (kill -9), as a fault does. Resolves when it is gone; throws when it is not ours. */
  kill(): Promise<void>;
  /** Stops it in an orderly way; what was given stays as it is. Resolves when it has ended. */
  stop(): Promise<void>;
  /** Starts it again on the same port with the same data. Resolves when it answers. */
  start(): Promise<void>;
}

export type Broker = Service;
export type Database = Service;

export interface ServiceOptions {
  /** Data folder, absolute. */
  readonly home: string;
  readonly kafkaPort: number;
  readonly postgresPort: number;
  /** Servers to use instead of bringing up our own. */
  readonly given: { readonly kafkaBrokers: string | null; readonly databaseUrl: string | null };
  readonly say: (line: string) => void;
  /** Which of the two; absent: both. */
  readonly need?: readonly ServiceName[];
  /** Where Kafka's jars are kept; absent: in home. Checkouts share them between homes, as they never change. */
  readonly kafkaLibs?: string;
  /** Told when a local server ends although nobody asked for it. */
  readonly onLost?: (service: ServiceName, how: string) => void;
}

/**
 * A server that was given by URL.
 * @param variable the environment variable that gave it
 * @param answers resolves when it answers, and throws what is wrong otherwise
 */
export function givenService(variable: string, answers: () => Promise<void>): Service {
  return {
    how: 'given',
    pid: null,
    kill: async () => {
      throw new Error(`${variable} names a server that is not ours to kill: unset it to have one brought up.`);
    },
    stop: async () => {},
    start: answers,
  };
}
