import { createInterface } from 'node:readline/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { CannotRun } from '../cannot-run';
import { runCommand, tell } from '../command';
import { readEnvironment } from '../environment';
import { MailgunAccount } from '../mailgun/account';
import { MailgunRefusal } from '../mailgun/refusal';
import { apiUrl } from '../mailgun/region';
import { type Arguments, readArguments, usage } from './arguments';
import { checkWebhookUrl } from './check-url';
import { describePlan } from './describe';
import { explainRefusal, explainUnknownDomain } from './explain-refusal';
import { isDone, type Plan, planChanges } from './plan';
import { signingKeyCommand } from './signing-key-command';
import { accountTarget, domainTarget, type Target } from './target';

const exitCodes = { asWanted: 0, notAsWanted: 1 } as const;

/** Mailgun shows a change only after a while; how often and after how many milliseconds it is asked again. */
const readBack = { times: 10, every: 1000 };

interface Planned {
  readonly target: Target;
  readonly plan: Plan;
}

async function confirmed(): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new CannotRun('Nothing was changed: there is nobody to ask here, so say --yes.');
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test((await terminal.question('Change this? [y/N] ')).trim());
  } finally {
    terminal.close();
  }
}

/** Reads what was written until Mailgun shows it. @returns whether it did in the end */
async function isShown({ target, plan }: Planned): Promise<boolean> {
  for (let times = 0; times < readBack.times; times += 1) {
    if (isDone(plan, await target.read())) return true;
    await pause(readBack.every);
  }
  return false;
}

async function apply(planned: readonly Planned[]): Promise<boolean> {
  let allShown = true;
  for (const { target, plan } of planned) await target.write(plan);
  for (const one of planned) {
    const { target, plan } = one;
    const shown = await isShown(one);
    allShown &&= shown;
    console.log(
      shown
        ? `${target.name}: ${plan.changes.length} changed, read back.`
        : `${target.name}: ${plan.changes.length} written, but Mailgun does not show it yet. It may take ten minutes: run this again then.`,
    );
  }
  return allShown;
}

/** The command that sets the key. Keys of the API with a narrow role may not read it: that is no reason to stop. */
async function describeSigningKey(account: MailgunAccount, { showKey, region }: Arguments): Promise<string> {
  try {
    return signingKeyCommand(await account.signingKey(), showKey, region);
  } catch (error) {
    if (!(error instanceof MailgunRefusal) || (error.status !== 403 && error.status !== 404)) throw error;
    return 'This API key may not read the signing key: copy it from the dashboard (HTTP webhook signing key).';
  }
}

async function register(given: Arguments, environment: Record<string, string | undefined>): Promise<number> {
  const apiKey = environment.MAILGUN_API_KEY?.trim();
  if (!apiKey) {
    throw new CannotRun(
      'Set MAILGUN_API_KEY in the environment or in .env: an API key of your Mailgun account.',
    );
  }
  if (apiKey.includes(',')) {
    throw new CannotRun(
      'MAILGUN_API_KEY holds several keys: set it to that of one account, and run this for each.',
    );
  }
  if (!/^[\x21-\x7e]+$/.test(apiKey)) {
    throw new CannotRun('MAILGUN_API_KEY holds characters that no key has: copy it again.');
  }
  const access = { base: apiUrl(given.region, environment), apiKey };
  const circumstances = { access, region: given.region, environment };
  const account = new MailgunAccount(access, (seconds) =>
    tell(`Mailgun asks to wait ${seconds} s (rate limit).`),
  );

  async function planFor(target: Target, url: string): Promise<Planned> {
    try {
      return { target, plan: planChanges(await target.read(), { ...given, url }) };
    } catch (error) {
      if (!(error instanceof MailgunRefusal) || error.status !== 404) throw error;
      if (given.scope === 'account') {
        throw new CannotRun(
          'Mailgun knows no webhooks of this account (404): use --all instead of --account.',
        );
      }
      throw await explainUnknownDomain(target.name, circumstances, await account.domains());
    }
  }

  async function targets(): Promise<Target[]> {
    if (given.scope === 'account') return [accountTarget(account)];
    const names = given.scope === 'all' ? await account.domains() : given.scope;
    if (names.length === 0) {
      throw new CannotRun(`The account has no domain in the ${given.region} region.`);
    }
    return names.map((name) => domainTarget(account, name));
  }

  try {
    if (given.keyOnly) {
      console.log(await account.signingKey());
      return exitCodes.asWanted;
    }
    const { url } = given;
    if (url === undefined) throw new CannotRun('No URL: give --url.');
    const readiness = given.remove ? 'ready' : await checkWebhookUrl(url, access.base);
    if (!given.remove) {
      console.log(`${url} answers as it should.\n`);
      console.log(`${await describeSigningKey(account, given)}\n`);
    }
    const planned: Planned[] = [];
    for (const target of await targets()) planned.push(await planFor(target, url));
    for (const { target, plan } of planned) console.log(describePlan(target.name, plan));

    const full = planned.some(({ plan }) => plan.full.length > 0);
    const outcome = full ? exitCodes.notAsWanted : exitCodes.asWanted;
    const differing = planned.filter(({ plan }) => plan.changes.length > 0);
    if (differing.length === 0) {
      console.log(full ? 'Nothing was changed.' : 'Nothing to change.');
      return outcome;
    }
    if (given.dryRun) {
      console.log('Nothing was changed: this was a dry run.');
      return outcome;
    }
    if (readiness === 'no signing key') {
      throw new CannotRun(
        'Nothing was changed: the space has no signing key yet, and `delivered` events that it cannot take are ' +
          'lost. Set it by the command above, then run this again.',
      );
    }
    if (!given.yes && !(await confirmed())) {
      console.log('Nothing was changed.');
      return exitCodes.notAsWanted;
    }
    return (await apply(differing)) ? outcome : exitCodes.notAsWanted;
  } catch (error) {
    throw await explainRefusal(error, circumstances);
  }
}

await runCommand(async () => {
  const environment = readEnvironment();
  const given = readArguments(process.argv.slice(2), environment);
  if (given !== 'help') return register(given, environment);
  console.log(usage);
  return exitCodes.asWanted;
});
