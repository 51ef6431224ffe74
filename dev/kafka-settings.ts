/** Kafka's version and settings, the same on this machine and in Docker. */

export const KAFKA_VERSION = '4.1.1';
export const KAFKA_IMAGE = `apache/kafka:${KAFKA_VERSION}`;

/** Where a broker listens: addresses without their scheme, as in `127.0.0.1:9093`. */
export interface BrokerAddresses {
  readonly listen: string;
  readonly advertise: string;
  readonly controller: string;
  readonly controllerVoter: string;
}

/**
 * Settings of a single broker that is its own controller.
 * @param dataFolder where it keeps its log segments
 * @returns Kafka's names and values
 */
export function brokerSettings(addresses: BrokerAddresses, dataFolder: string): Readonly<Record<string, string>> {
  return {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@${addresses.controllerVoter}`,
    listeners: `PLAINTEXT://${addresses.listen},CONTROLLER://${addresses.controller}`,
    'advertised.listeners': `PLAINTEXT://${addresses.advertise}`,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': dataFolder,
    'offsets.topic.replication.factor': '1',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'share.coordinator.state.topic.replication.factor': '1',
    'share.coordinator.state.topic.min.isr': '1',
    'offsets.topic.num.partitions': '4',
    'transaction.state.log.num.partitions': '4',
    'group.initial.rebalance.delay.ms': '0',
    // Fault tests want a dead member noticed within a second or two; clients choose their own timeout above this.
    'group.min.session.timeout.ms': '1000',
    // A broker that was killed may register again only after its former session has ended: 4 s of waiting, not 9.
    'broker.session.timeout.ms': '4000',
    'broker.heartbeat.interval.ms': '1000',
    'auto.create.topics.enable': 'false',
    // For topics that do not set their own: a week, in segments small enough to be dropped one by one.
    'log.retention.hours': '168',
    'log.segment.bytes': '268435456',
    // As large as the gateway's largest request, OMS_BODY_LIMIT_MB.
    'message.max.bytes': '8388608',
    'replica.fetch.max.bytes': '8388608',
  };
}

/** Settings as a `server.properties` file. */
export function asProperties(settings: Readonly<Record<string, string>>): string {
  // A backslash begins an escape in Java's property files.
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value.replaceAll('\\', '\\\\')}\n`)
    .join('');
}

/** Settings as the environment that the apache/kafka image reads. */
export function asContainerEnvironment(settings: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [`KAFKA_${name.toUpperCase().replaceAll('.', '_')}`, value]),
  );
}

/** A Maven project whose only content is Kafka and what it needs at run time. */
export function kafkaPom(): string {
  const dependency = (group: string, artifact: string, version: string) =>
    `    <dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`;
  return `<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>oms</groupId>
  <artifactId>kafka</artifactId>
  <version>1</version>
  <dependencies>
${dependency('org.apache.kafka', 'kafka_2.13', KAFKA_VERSION)}
${dependency('org.slf4j', 'slf4j-nop', '1.7.36')}
  </dependencies>
</project>
`;
}
