/** Kafka as Java runs it: a Java, and the jars from Maven Central, fetched once. */
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findCommand, runCommand } from './command.js';
import { installPackages } from './debian-packages.js';
import { KAFKA_VERSION, kafkaPom } from './kafka-settings.js';

const OTHERWISE = 'set KAFKA_BROKERS to a Kafka that runs';
const OLDEST_JAVA = 17;

/** Major version in what `java -version` writes, or null. */
export function javaMajor(text: string): number | null {
  const match = /version "(?:1\.)?(\d+)/.exec(text);
  return match ? Number(match[1]) : null;
}

/**
 * Finds a Java that Kafka runs on; installs one where we may.
 * @throws Error when there is none
 */
export async function requireJava(say: (line: string) => void): Promise<void> {
  const ask = async () => {
    const { code, err } = await runCommand('java', ['-version']);
    return code === 0 ? javaMajor(err) : null;
  };
  let major = await ask();
  if (major === null) {
    await installPackages('Java', ['openjdk-17-jre-headless'], OTHERWISE, say);
    major = await ask();
  }
  if (major === null || major < OLDEST_JAVA) {
    throw new Error(
      `Kafka needs Java ${OLDEST_JAVA} or newer and the one on the PATH is ${major ?? 'none'}: put a newer one first, or ${OTHERWISE}.`,
    );
  }
}

/**
 * Sees to it that Kafka's jars are in a folder.
 * @param libs the folder, absolute
 * @throws Error when Maven is missing or cannot get them
 */
export async function requireKafkaLibs(libs: string, say: (line: string) => void): Promise<void> {
  const done = join(libs, `kafka_2.13-${KAFKA_VERSION}.jar`);
  if (existsSync(done)) return;
  if (findCommand('mvn') === null) await installPackages('Maven', ['maven'], OTHERWISE, say);
  say(`Kafka ${KAFKA_VERSION}: getting its jars from Maven Central, once (43 MB).`);
  mkdirSync(dirname(libs), { recursive: true });
  // Fetched beside and moved into place, so that an interrupted download is never taken for a whole one.
  const work = `${libs}.partial-${process.pid}`;
  mkdirSync(work, { recursive: true });
  try {
    writeFileSync(join(work, 'pom.xml'), kafkaPom());
    const { code, out, err } = await runCommand(
      'mvn',
      ['-q', '-B', 'dependency:copy-dependencies', '-DincludeScope=runtime', '-DoutputDirectory=libs'],
      { cwd: work },
    );
    if (code !== 0) {
      const reason = /^\[ERROR\] (.*)$/m.exec(out)?.[1] ?? err.trim().split('\n')[0] ?? `code ${code}`;
      throw new Error(`Maven could not get Kafka: check the network and Maven's settings, or ${OTHERWISE}: ${reason}`);
    }
    if (!existsSync(done)) {
      rmSync(libs, { recursive: true, force: true });
      renameSync(join(work, 'libs'), libs);
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
