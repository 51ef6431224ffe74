import type { Command } from 'commander';
import { readEnvironment } from '../../environment.js';
import { startStages, STAGES, type StageName } from '../pipeline.js';
import { WrongUse } from './talk.js';

function stagesOption(text: string): StageName[] {
  return text.split(',').map((name) => {
    const stage = STAGES.find((one) => one === name.trim());
    if (!stage) throw new WrongUse(`No stage "${name}": there are ${STAGES.join(', ')}.`);
    return stage;
  });
}

/** `oms pipeline`: runs stages until SIGTERM. More processes, more partitions. */
export function addPipeline(program: Command): void {
  program
    .command('pipeline')
    .description('run stages of the pipeline until SIGTERM or Ctrl-C')
    .option('--stages <list>', `stages to run, of ${STAGES.join(', ')}`, stagesOption, [...STAGES])
    .option('--slot <name>', 'tells processes that run the same stage on one host apart', process.env.OMS_SLOT)
    .addHelpText('after', '\nExample:\n  oms pipeline --stages correlate --slot b')
    .action(async ({ stages, slot }: { stages: StageName[]; slot?: string }) => {
      const say = (level: string, message: string): void =>
        console.error(`${new Date().toISOString()} ${level} ${message}`);
      const running = await startStages(readEnvironment(), { stages, say, ...(slot === undefined ? {} : { slot }) });
      say('info', `running ${stages.join(', ')}`);
      const stop = new Promise<void>((resolve) => {
        let asked = false;
        for (const signal of ['SIGTERM', 'SIGINT'] as const) {
          process.on(signal, () => {
            // A second signal ends at once: what is not committed is read again.
            if (asked) process.exit(1);
            asked = true;
            resolve();
          });
        }
      });
      await Promise.race([stop, ...[...running.values()].map((stage) => stage.finished)]);
      await Promise.all([...running.values()].map((stage) => stage.stop()));
      say('info', 'stopped');
    });
}
