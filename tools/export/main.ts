import { runCommand } from '../command';
import { findSpace } from '../find-space';
import { readArguments, usage } from './arguments';
import { exportEvents } from './export-events';

async function run(commandLine: string[]): Promise<number> {
  const given = readArguments(commandLine);
  if (given === 'help') {
    console.log(usage);
    return 0;
  }
  const space = await findSpace({ url: given.url, apiKey: given.apiKey });
  let done = { events: 0, files: 0 };
  for await (const progress of exportEvents(space, given)) {
    done = progress;
    console.log(`${progress.events} events in ${progress.files} files, up to ${progress.cursor}`);
  }
  console.log(
    done.events === 0 ? `Nothing new for ${given.to}.` : `Done: ${done.events} new events in ${given.to}.`,
  );
  return 0;
}

await runCommand(() => run(process.argv.slice(2)));
