import { CannotRun } from '../cannot-run';
import { printable, runCommand } from '../command';
import { readEnvironment } from '../environment';
import { findStatus } from '../verify/space/find-status';
import { SpaceClient } from '../verify/space/space-client';
import { type Arguments, readArguments, usage } from './arguments';
import { deployApp, NotDeployed } from './deploy-app';
import { runScript } from './run';
import { setPlan } from './set-plan';

const exitCodes = { deployed: 0, notDeployed: 1 } as const;

/** What the app must pass before it is sent, by the scripts of package.json. */
const checks = ['lint', 'typecheck', 'page'] as const;

async function check({ skipTests }: Arguments): Promise<void> {
  for (const script of skipTests ? checks : [...checks, 'test']) {
    console.log(`npm run ${script}`);
    if ((await runScript(script)) !== 0) {
      throw new NotDeployed(`Nothing was deployed: "npm run ${script}" failed, read the messages above.`);
    }
  }
}

/** What `npm run verify` needs and does not find. */
function missing(environment: Readonly<Record<string, string | undefined>>): string[] {
  return ['SPACE_URL', 'SPACE_API_KEY', 'MAILGUN_WEBHOOK_SIGNING_KEY'].filter((name) => !environment[name]);
}

const gatewayOf = ({ project }: Arguments) => `https://${project}.api.codehooks.io`;

/** What a monitor has to ask, or that the space cannot be reached. Needs no key. */
async function adviceOf(gateway: string, space: string): Promise<string> {
  try {
    return (await findStatus(new SpaceClient(`${gateway}/${space}`, ''))).advice;
  } catch (error) {
    if (error instanceof CannotRun) return `Nobody knows yet whether the app answers: ${error.message}`;
    throw error;
  }
}

async function deploy(
  given: Arguments,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const isApp = given.dir === '.';
  if (isApp) await check(given);
  const toldPlan = isApp ? await setPlan(given) : undefined;
  if (toldPlan !== undefined) console.log(toldPlan);
  await deployApp(given);
  if (!isApp) return exitCodes.deployed;
  console.log(`The webhook is at ${gatewayOf(given)}/${given.space}/mailgun/events`);
  const unset = missing(environment);
  if (unset.length > 0) {
    console.log(printable(await adviceOf(environment.COHO_APIGW_URL ?? gatewayOf(given), given.space)));
    console.log(`Not verified: set ${unset.join(', ')}, then "npm run verify".`);
    return exitCodes.deployed;
  }
  return (await runScript('verify')) === 0 ? exitCodes.deployed : exitCodes.notDeployed;
}

await runCommand(async () => {
  const environment = readEnvironment();
  const given = readArguments(process.argv.slice(2), environment, process.cwd());
  if (given !== 'help') return deploy(given, environment);
  console.log(usage);
  return exitCodes.deployed;
});
