import type { Broker, GroupMember, JoinOptions, LogReader, OnUnreadable, Transactions } from '../broker.js';
import { connectProducer, disconnect } from './client.js';
import { KafkaMember } from './member.js';
import { KafkaTransactions } from './transactions.js';
import { PartitionReader } from './partition-reader.js';
import { TableFollower } from './table-follower.js';
import type { Table } from '../topology.js';

/** Kafka, by its bootstrap servers. */
export class KafkaBroker implements Broker {
  constructor(private readonly brokers: string) {}

  async join(options: JoinOptions): Promise<{ member: GroupMember; transactions: Transactions }> {
    // First the producer: it fences the one that had this slot before, whose transaction must not commit any more.
    const producer = await connectProducer(this.brokers, `${options.group}-${options.slot}`);
    try {
      const member = await KafkaMember.join(this.brokers, options);
      return { member, transactions: new KafkaTransactions(producer, member) };
    } catch (error) {
      await disconnect(producer);
      throw error;
    }
  }

  reader(): Promise<LogReader> {
    return PartitionReader.connect(this.brokers);
  }

  follow(table: Table, partitions: number, onUnreadable: OnUnreadable): Promise<TableFollower> {
    return TableFollower.start(this.brokers, table, partitions, onUnreadable);
  }
}
