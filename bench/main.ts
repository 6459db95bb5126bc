import { readFileSync } from 'node:fs';
import { runComparison, runRates } from './compare/run';
import { compileVariant } from './measure/bundles';
import { readOptions, usage } from './options';
import { runOwnPart } from './ours/run';
import { Report } from './report';

/** This app without its workers and jobs. */
function compileAnswers(): Promise<string> {
  const answersOnly = 'bench/candidates/answers-only.ts';
  return compileVariant({
    'index.js': `export { default } from './${answersOnly}';\n`,
    [answersOnly]: readFileSync(answersOnly, 'utf8'),
  });
}

/** `npm run bench`: see bench/README.md. */
async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options === 'help') {
    console.log(usage);
    return;
  }
  const report = new Report(options.markdown);
  const bundles = { whole: await compileVariant(), answers: await compileAnswers() };
  for (const part of options.parts) {
    if (part === 'compare') await runComparison(options, bundles, report);
    else if (part === 'rates') await runRates(options, bundles, report);
    else await runOwnPart(part, options, bundles.whole, report);
  }
  report.finish();
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
