import { CannotRun } from '../cannot-run';
import { printable, runCommand } from '../command';
import { readEnvironment } from '../environment';
import { findSpace } from '../find-space';
import { type Arguments, readArguments, usage } from './arguments';
import { type Check, Checks } from './checks';
import { domain } from './events';
import { verifyPlatform } from './platform/verify-platform';
import { SpaceClient } from './space/space-client';
import { verifyApp } from './verify-app';

const exitCodes = { asItShould: 0, notAsItShould: 1 } as const;

function tell({ what, ok, found }: Check): void {
  console.log(printable(`  ${ok ? 'ok  ' : 'FAIL'}  ${what.padEnd(46)}${found}`));
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}

async function verify({ url, key, wait, platform }: Arguments): Promise<number> {
  const { signingKey, signingDomain, ...found } = await findSpace({ url, apiKey: key });
  const space = new SpaceClient(found.url.replace(/\/+$/, ''), found.apiKey);
  if (platform)
    return (await verifyPlatform(space, found.url, wait)) ? exitCodes.asItShould : exitCodes.notAsItShould;
  // The key of the local space would be refused by another one.
  const isElsewhere =
    url !== undefined && !/^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])[:/]/.test(`${url}/`);
  if (signingKey === undefined || (isElsewhere && !readEnvironment().MAILGUN_WEBHOOK_SIGNING_KEY)) {
    throw new CannotRun(
      'No signing key: set MAILGUN_WEBHOOK_SIGNING_KEY in the environment or in .env to the key that the space has.',
    );
  }
  // A key that is bound to domains signs for no other.
  const sendingDomain = signingDomain === undefined ? domain : `verify.${signingDomain}`;
  console.log(`Verifying ${found.url}\n`);
  const checks = new Checks(tell);
  const { visibleAfter, traces, advice } = await verifyApp({
    space,
    checks,
    signingKey,
    sendingDomain,
    wait,
  });
  const { roundTrips } = space;
  if (roundTrips.length > 0) {
    const slowest = Math.round(Math.max(...roundTrips));
    console.log(
      `\nRound trip: median ${Math.round(median(roundTrips))} ms, slowest ${slowest} ms of ${roundTrips.length} webhooks.`,
    );
  }
  if (visibleAfter !== null)
    console.log(`Effects could be read ${visibleAfter.toFixed(1)} s after the last webhook.`);
  console.log(printable(advice));
  console.log(printable(traces));
  console.log(
    checks.failed === 0
      ? `\nAll ${checks.made.length} checks hold.`
      : `\n${checks.failed} of ${checks.made.length} checks FAILED.`,
  );
  return checks.failed === 0 ? exitCodes.asItShould : exitCodes.notAsItShould;
}

await runCommand(async () => {
  const given = readArguments(process.argv.slice(2));
  if (given !== 'help') return verify(given);
  console.log(usage);
  return exitCodes.asItShould;
});
