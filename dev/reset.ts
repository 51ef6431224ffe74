/** `npm run reset [-- --yes]`: ends what runs from the data folder and removes what was made in it. */
import { existsSync, readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { readEnvironment } from '../connections/environment.js';
import { requireConsent } from '../cli/terminal/consent.js';
import { WrongUse } from '../cli/terminal/talk.js';
import { emptyHome, removableFrom } from './empty-home.js';

const say = (line: string) => console.error(line);

async function reset(yes: boolean): Promise<void> {
  const { home } = readEnvironment();
  const removable = removableFrom(home);
  if (removable.length === 0) {
    say(`Nothing in ${home} was made by npm start or npm test: nothing is removed.`);
    return;
  }
  say('This ends what runs from there, and removes for good:');
  for (const path of removable) say(`  ${path}`);
  await requireConsent('Remove them?', yes, '-- --yes');
  await emptyHome(home, say);
  const others = existsSync(home) ? readdirSync(home) : [];
  say(
    others.length === 0 ? `${home} is empty.` : `Removed. Not made by us, and left in ${home}: ${others.join(', ')}.`,
  );
}

try {
  const { values } = parseArgs({ options: { yes: { type: 'boolean', short: 'y' } } });
  await reset(values.yes ?? false);
} catch (error) {
  console.error((error as Error).message);
  const isWrongUse = error instanceof WrongUse || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
  process.exitCode = isWrongUse ? 2 : 1;
}
