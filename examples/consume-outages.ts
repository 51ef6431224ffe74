/**
 * Prints every change of an outage's status. The topic is compacted and holds the last record of every outage: it is read
 * from its beginning at each start, and nothing is committed. So records come again, and are told by `outageId` with
 * (`log.offset`, `revision`): one that is not greater than the last is a copy. Who keeps what comes of a record (a row, a
 * message that was sent) keeps these beside it.
 */
import rdkafka from 'node-rdkafka';

/** What is read here of an outage record; all of it: docs/schemas/outage-record.json. */
interface Outage {
  readonly outageId: string;
  readonly status: string;
  readonly feederId: string;
  readonly customersOut: number;
  readonly revision: number;
  readonly log: { readonly offset: number };
}

const last = new Map<string, Outage>();

function hear(outage: Outage): void {
  const before = last.get(outage.outageId);
  const isNews = !before || (outage.log.offset - before.log.offset || outage.revision - before.revision) > 0;
  if (!isNews) return;
  last.set(outage.outageId, outage);
  if (outage.status === before?.status) return;
  console.log(
    `${outage.outageId} on ${outage.feederId}: ${before?.status ?? 'new'} -> ${outage.status}, ${outage.customersOut} out`,
  );
}

const consumer = new rdkafka.KafkaConsumer(
  {
    'metadata.broker.list': process.env.KAFKA_BROKERS || '127.0.0.1:9093',
    'group.id': `example-${process.pid}`,
    'isolation.level': 'read_committed',
    'enable.auto.commit': false,
  },
  { 'auto.offset.reset': 'earliest' },
);
consumer.on('event.error', ({ message }) => console.error(message));
consumer.on('ready', () => {
  consumer.subscribe([`${process.env.OMS_TOPIC_PREFIX ?? ''}oms.outages`]);
  consumer.consume();
});
consumer.on('data', ({ value }) => {
  if (value) hear(JSON.parse(value.toString()) as Outage);
});
consumer.connect();
process.once('SIGINT', () => consumer.disconnect());
