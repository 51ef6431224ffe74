import { AssignerProtocol, Kafka, logLevel, type Admin } from 'kafkajs';

/** Connects to Kafka for administration, does `work`, and disconnects. */
export async function withAdmin<T>(brokers: string, work: (admin: Admin) => Promise<T>): Promise<T> {
  const kafka = new Kafka({ clientId: 'oms-admin', brokers: brokers.split(','), logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}

/** How many partitions of topics no member of a group was given; null while the group is sharing out. */
export function countOwnerless(brokers: string, group: string, topics: readonly string[]): Promise<number | null> {
  return withAdmin(brokers, async (admin) => {
    const [description] = (await admin.describeGroups([group])).groups;
    if (description?.state !== 'Stable') return null;
    const given = description.members.map(({ memberAssignment }) =>
      AssignerProtocol.MemberAssignment.decode(memberAssignment),
    );
    const { topics: known } = await admin.fetchTopicMetadata({ topics: [...topics] });
    const owned = new Set(
      given.flatMap((one) =>
        Object.entries(one?.assignment ?? {}).flatMap(([topic, partitions]) =>
          partitions.map((partition) => `${topic}/${partition}`),
        ),
      ),
    );
    return known
      .flatMap(({ name, partitions }) => partitions.map(({ partitionId }) => `${name}/${partitionId}`))
      .filter((place) => !owned.has(place)).length;
  });
}
