import { parseArgs } from 'node:util';
import { runCommand } from '../command';
import { findSpace } from '../find-space';
import { audit } from './audit';

const usage = `Rebuilds statistics and subscriber states from the event log and compares them with what is stored.

  npm run audit -- [--fix] [--url URL] [--api-key KEY]

  --fix          write what the event log says where something differs
  --url URL      base of the space, such as https://PROJECT.api.codehooks.io/dev; else SPACE_URL
  --api-key KEY  API key of the space; else SPACE_API_KEY

What is not given is that of the local space that runs on SPACE_DIR.
Exit code: 0 no difference, 1 differences, 2 could not run. Events that are still being processed show as
differences: run it when nothing is under way.
`;

/** Most differences that are printed one by one. */
const maxPrinted = 100;

async function run(commandLine: string[]): Promise<number> {
  const { values } = parseArgs({
    args: commandLine,
    options: {
      fix: { type: 'boolean', default: false },
      url: { type: 'string' },
      'api-key': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const space = await findSpace({ url: values.url, apiKey: values['api-key'] });
  const checked = new Map<string, number>();
  let differences = 0;
  for await (const step of audit(space, values.fix)) {
    checked.set(step.part, (checked.get(step.part) ?? 0) + step.checked);
    for (const { where, what, expected, stored } of step.items) {
      differences += 1;
      if (differences > maxPrinted) continue;
      console.log(`${where}: ${what} is ${JSON.stringify(stored)}, should be ${JSON.stringify(expected)}`);
    }
    for (const place of step.skipped) console.log(`skipped ${place}`);
  }
  if (differences > maxPrinted) console.log(`... and ${differences - maxPrinted} more`);
  console.log(`Checked ${[...checked].map(([part, count]) => `${count} ${part}`).join(', ')}.`);
  if (differences === 0) {
    console.log('No differences.');
    return 0;
  }
  console.log(
    values.fix
      ? `${differences} differences, written.`
      : `${differences} differences. Write them with -- --fix.`,
  );
  return values.fix ? 0 : 1;
}

await runCommand(() => run(process.argv.slice(2)));
