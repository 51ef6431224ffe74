import { expect, test } from 'vitest';
import { asContainerEnvironment, asProperties, brokerSettings, kafkaPom } from './kafka-settings.js';
import { javaMajor } from './kafka-libs.js';

const settings = brokerSettings(
  { listen: '127.0.0.1:9093', advertise: '127.0.0.1:9093', controller: '127.0.0.1:7', controllerVoter: '127.0.0.1:7' },
  '/data/kafka',
);

test('the broker listens on the loopback address only', () => {
  const text = asProperties(settings);
  expect(text).toContain('listeners=PLAINTEXT://127.0.0.1:9093,CONTROLLER://127.0.0.1:7\n');
  expect(text).toContain('advertised.listeners=PLAINTEXT://127.0.0.1:9093\n');
  expect(text).toContain('log.dirs=/data/kafka\n');
});

test('topics are made on purpose and take requests of 8 MB', () => {
  expect(settings).toMatchObject({ 'auto.create.topics.enable': 'false', 'message.max.bytes': '8388608' });
});

test("a container gets the same settings in its image's way", () => {
  const env = asContainerEnvironment(settings);
  expect(env.KAFKA_PROCESS_ROLES).toBe('broker,controller');
  expect(env.KAFKA_LOG_DIRS).toBe('/data/kafka');
  expect(Object.keys(env)).toHaveLength(Object.keys(settings).length);
});

test('Maven is asked for Kafka and a silent logger', () => {
  expect(kafkaPom()).toContain('<artifactId>kafka_2.13</artifactId><version>4.1.1</version>');
  expect(kafkaPom()).toContain('<artifactId>slf4j-nop</artifactId><version>1.7.36</version>');
});

test('Java tells its version in two ways', () => {
  expect(javaMajor('openjdk version "17.0.15" 2025-04-15')).toBe(17);
  expect(javaMajor('java version "1.8.0_292"')).toBe(8);
  expect(javaMajor('no such thing')).toBeNull();
});
