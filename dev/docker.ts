/** One server in a Docker container, named and labelled by the data folder it belongs to. */
import { createHash } from 'node:crypto';
import { findCommand, runCommand } from './command.js';
import { requireFreePort } from './ports.js';
import { GiveUp, retryUntil } from './retry.js';
import type { Service } from './service.js';

const LABEL = 'oms.home';

export interface ContainerPlan {
  readonly name: string;
  /** What users call it. */
  readonly title: string;
  readonly home: string;
  readonly image: string;
  readonly hostPort: number;
  readonly containerPort: number;
  /** Environment variable that moves the port. */
  readonly portVariable: string;
  /** Folder inside the container that is kept. */
  readonly dataFolder: string;
  readonly env: Readonly<Record<string, string>>;
  /** Resolves when the server answers. */
  readonly answers: () => Promise<void>;
  readonly readyTimeoutMs: number;
  readonly say: (line: string) => void;
}

function docker(...args: string[]) {
  return runCommand('docker', args);
}

/** Whether a Docker engine runs; a client alone does not count. */
export async function dockerRuns(): Promise<boolean> {
  if (findCommand('docker') === null) return false;
  const { code } = await runCommand('docker', ['info'], { timeoutMs: 10_000 });
  return code === 0;
}

/**
 * Makes sure that an image is here.
 * @returns null, or why it cannot be had
 */
export async function requireImage(image: string, say: (line: string) => void): Promise<string | null> {
  if ((await docker('image', 'inspect', image)).code === 0) return null;
  say(`Docker: getting ${image}, once.`);
  const { code, err } = await docker('pull', image);
  return code === 0 ? null : (err.trim().split('\n').at(-1) ?? `code ${code}`);
}

/** Name of a container and of its volume. */
export function containerName(home: string, name: string): string {
  return `oms-${createHash('sha256').update(home).digest('hex').slice(0, 8)}-${name}`;
}

/** Arguments of `docker run` for a plan. */
export function runArguments(plan: ContainerPlan): string[] {
  const name = containerName(plan.home, plan.name);
  return [
    ...['run', '--detach', '--name', name, '--label', `${LABEL}=${plan.home}`],
    ...['--publish', `127.0.0.1:${plan.hostPort}:${plan.containerPort}`],
    // A volume of Docker's own: a folder of ours would need the rights of the user inside the image.
    ...['--volume', `${name}:${plan.dataFolder}`],
    ...Object.entries(plan.env).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
    plan.image,
  ];
}

/**
 * A server in a container. The container is made anew at each first start, as settings may have changed; its data is
 * in a volume of the same name.
 */
export function dockerService(plan: ContainerPlan): Service {
  const name = containerName(plan.home, plan.name);
  let pid: number | null = null;
  let made = false;

  async function must(what: string, ...args: string[]): Promise<string> {
    const { code, out, err } = await docker(...args);
    if (code !== 0) {
      throw new Error(`${plan.title}: Docker cannot ${what}: ${err.trim().split('\n').at(-1) || `code ${code}`}`);
    }
    return out.trim();
  }

  async function make(): Promise<void> {
    const owner = await docker('inspect', '--format', `{{index .Config.Labels "${LABEL}"}}`, name);
    if (owner.code === 0) {
      if (owner.out.trim() !== plan.home) {
        throw new Error(`${plan.title}: a container ${name} is there that is not ours: rename or remove it.`);
      }
      await must('remove the last container', 'rm', '--force', name);
    }
    await requireFreePort(plan.hostPort, plan.title, plan.portVariable);
    await must('start the container', ...runArguments(plan));
    made = true;
  }

  return {
    how: 'docker',
    get pid() {
      return pid;
    },
    async start() {
      if (made) await must('start the container', 'start', name);
      else await make();
      try {
        await retryUntil(async () => {
          if ((await must('look at the container', 'inspect', '--format', '{{.State.Running}}', name)) !== 'true') {
            throw new GiveUp(`${plan.title} ended while starting: see docker logs ${name}.`);
          }
          await plan.answers();
        }, plan.readyTimeoutMs);
      } catch (error) {
        await docker('stop', name);
        throw error;
      }
      pid = Number(await must('look at the container', 'inspect', '--format', '{{.State.Pid}}', name));
      plan.say(`${plan.title}: 127.0.0.1:${plan.hostPort}, container ${name}, data in a volume of the same name.`);
    },
    async stop() {
      if (made) await must('stop the container', 'stop', '--time', '30', name);
      pid = null;
    },
    async kill() {
      await must('kill the container', 'kill', name);
      pid = null;
    },
  };
}

/** Ends and removes the containers and volumes that belong to a data folder. */
export async function removeContainers(home: string): Promise<void> {
  const { out } = await docker('ps', '--all', '--quiet', '--filter', `label=${LABEL}=${home}`);
  const ids = out.split('\n').filter(Boolean);
  if (ids.length > 0) await docker('rm', '--force', ...ids);
  await docker('volume', 'rm', '--force', containerName(home, 'kafka'), containerName(home, 'postgres'));
}
