import { config } from 'dotenv';
import { describeError } from '../runtime/log';
import { StartError } from '../start-error';
import { StorageError } from '../storage';
import { backUp } from './backup';
import { restore } from './restore';

// `npm run backup -- FILE` and `npm run restore -- FILE`.

async function main(): Promise<void> {
  config({ quiet: true });
  const [command, file, ...rest] = process.argv.slice(2);
  const directory = process.env.SPACE_DIR || '.space';
  if (file === undefined || rest.length > 0) throw new StartError(`Usage: npm run ${command} -- FILE`);
  if (command === 'restore') {
    const { spaces, documents } = await restore(file, directory);
    console.log(`Restored and checked: ${spaces} space(s) with ${documents} documents, in ${directory}.`);
    return;
  }
  await backUp(directory, file);
  console.log(`Wrote ${file}. It holds keys and addresses: keep it as safe as the space itself.`);
}

main().catch((error: unknown) => {
  const isSentence = error instanceof StartError || error instanceof StorageError;
  console.error(isSentence ? error.message : describeError(error));
  process.exitCode = 1;
});
