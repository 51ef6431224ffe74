/** `npm run reset`: ends what runs from the data folder and empties it. */
import { readEnvironment } from '../environment.js';
import { emptyHome } from './empty-home.js';

try {
  const { home } = readEnvironment();
  await emptyHome(home, (line) => console.error(line));
  console.error(`${home} is empty.`);
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
