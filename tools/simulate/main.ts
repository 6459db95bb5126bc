import { printable, runCommand } from '../command';
import { findSpace } from '../find-space';
import { readArguments, usage } from './arguments';
import { planCampaign } from './campaign/plan-campaign';
import { compareWithSpace, daysOf, readSnapshot, wasPlayedBefore } from './compare/compare-with-space';
import { CannotSimulate } from './errors/cannot-simulate';
import { playTrouble } from './play-trouble';
import { createProgress } from './progress';
import { describeComparison, describePlan, describeSending } from './report';
import { sendDeliveries } from './send/send-deliveries';

/** Exit codes, as the usage text tells them; 130 is what shells call an interruption. */
const exitCodes = { equal: 0, different: 1, interrupted: 130 } as const;

/** Longer than a space takes from one count to the next: what it still has to count belongs to earlier runs. */
const restSeconds = 5;

/** Plays one campaign by the command line. @returns the exit code */
async function simulate(commandLine: readonly string[], signal: AbortSignal): Promise<number> {
  const { recipients, tags, seed, now, concurrency, quiet, help, trouble, ...given } =
    readArguments(commandLine);
  if (help) {
    console.log(usage);
    return exitCodes.equal;
  }
  const { signingKey, ...found } = await findSpace(given);
  if (signingKey === undefined) {
    throw new CannotSimulate(
      'No signing key: set MAILGUN_WEBHOOK_SIGNING_KEY in .env, for the space too, or give --key.',
    );
  }
  const space = { ...found, signingKey };
  if (trouble !== undefined) {
    const isTold = await playTrouble(trouble, seed, space, signal);
    if (signal.aborted) return exitCodes.interrupted;
    return isTold ? exitCodes.equal : exitCodes.different;
  }
  const plan = planCampaign({ recipients, tags, seed, ...(now === undefined ? {} : { now }) });
  if (await wasPlayedBefore(plan, space)) {
    throw new CannotSimulate(
      `This space has played seed ${seed} before: choose another one with --seed, or leave it out.`,
    );
  }
  if (!quiet) console.log(describePlan(plan, recipients, tags, space.url));
  const before = await readSnapshot(space, { tags, days: daysOf(plan) }, restSeconds);

  const progress = createProgress(process.stdout);
  const sending = await sendDeliveries(plan.deliveries, {
    ...space,
    concurrency,
    signal,
    ...(quiet ? {} : { onProgress: progress.update }),
  });
  if (!quiet) progress.finish();
  console.log(printable(describeSending(sending)));
  if (sending.interrupted) {
    console.log(
      'Interrupted: the campaign is incomplete, so nothing was compared. Use another seed next time.',
    );
    return exitCodes.interrupted;
  }
  if (!quiet) console.log('Waiting until everything is processed ...');
  const comparison = await compareWithSpace(plan, { ...space, before, signal });
  console.log(describeComparison(comparison, quiet));
  if (signal.aborted) {
    console.log('Interrupted: more may have been processed since.');
    return exitCodes.interrupted;
  }
  return comparison.isDifferent || sending.surprises.size > 0 ? exitCodes.different : exitCodes.equal;
}

const interruption = new AbortController();
process.once('SIGINT', () => interruption.abort());
process.once('SIGTERM', () => interruption.abort());

await runCommand(() => simulate(process.argv.slice(2), interruption.signal));
