/**
 * The least that reading a source topic costs: one consumer, `consume(1000)`, read_committed, JSON.parse of each value.
 * Run as a process of its own: `node dist/bench/roofline.js BROKERS TOPIC PARTITIONS`. Prints what it took, as JSON.
 */
import { connectConsumer, consume, disconnect, watermarks } from '../streams/kafka/client.js';

const [brokers = '', topic = '', count = ''] = process.argv.slice(2);
const partitions = Array.from({ length: Number(count) }, (_, partition) => partition);
const consumer = await connectConsumer(brokers, 'oms-bench-roofline');
let expected = 0;
for (const partition of partitions) expected += (await watermarks(consumer, topic, partition)).high;
consumer.assign(partitions.map((partition) => ({ topic, partition, offset: 0 })));
const wall = performance.now();
const cpu = process.cpuUsage();
let read = 0;
while (read < expected) {
  for (const { value } of await consume(consumer, 1000)) {
    JSON.parse(value!.toString());
    read++;
  }
}
const wallMs = performance.now() - wall;
const { user, system } = process.cpuUsage(cpu);
console.log(JSON.stringify({ events: read, wallMs, cpuMs: (user + system) / 1000 }));
await disconnect(consumer);
