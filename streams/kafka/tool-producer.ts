import { Kafka, logLevel, Partitioners, type Producer } from 'kafkajs';

/** Connects a producer for tools: idempotent, and with the partitioner of all others. */
export async function connectToolProducer(brokers: string): Promise<Producer> {
  const kafka = new Kafka({ clientId: 'oms', brokers: brokers.split(','), logLevel: logLevel.NOTHING });
  const producer = kafka.producer({ idempotent: true, createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  return producer;
}
