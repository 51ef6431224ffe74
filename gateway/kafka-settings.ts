import { Kafka, logLevel } from 'kafkajs';

/**
 * A client whose every request gives up within a few seconds: who waits for an answer over HTTP is told rather than kept
 * waiting, and whoever needs a connection makes it anew.
 */
export function kafkaOf(brokers: string): Kafka {
  return new Kafka({
    clientId: 'oms-gateway',
    brokers: brokers.split(','),
    connectionTimeout: 2000,
    requestTimeout: 4000,
    enforceRequestTimeout: true,
    retry: { retries: 3, initialRetryTime: 100, maxRetryTime: 1000 },
    logLevel: logLevel.NOTHING,
  });
}
