import { readFileSync } from 'node:fs';
import { runComparison } from './compare/run';
import { compileVariant } from './measure/bundles';
import { readOptions, usage } from './options';
import { runOwnPart } from './ours/run';
import { Report } from './report';

/** `npm run bench`: see bench/README.md. */
async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options === 'help') {
    console.log(usage);
    return;
  }
  const report = new Report();
  const whole = await compileVariant();
  for (const part of options.parts) {
    if (part === 'compare') {
      const answersOnly = 'bench/candidates/answers-only.ts';
      const answers = await compileVariant({
        'index.js': `export { default } from './${answersOnly}';\n`,
        [answersOnly]: readFileSync(answersOnly, 'utf8'),
      });
      await runComparison(options, { whole, answers }, report);
    } else {
      await runOwnPart(part, options, whole, report);
    }
  }
  report.finish(options.json);
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
