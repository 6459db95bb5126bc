import { createInterface } from 'node:readline/promises';
import type { Arguments, Plan } from './arguments';
import { runCodehooks } from './run';

/** The variable by which the app knows its plan. */
const variable = 'CODEHOOKS_PLAN';

/** What `coho set-env` says when it has done it. It ends with code 0 also when it has not. */
const done = /Added environment variable/;

/** Asks for the plan where somebody can answer. @returns undefined where nobody can, or does */
async function askForPlan(): Promise<Plan | undefined> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return undefined;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const answer = await terminal.question('Which plan has the space, paid or free? (Enter: as it was) ');
    const word = answer.trim().toLowerCase();
    return word === 'paid' || word === 'free' ? word : undefined;
  } finally {
    terminal.close();
  }
}

/**
 * Tells the space its plan before the app is deployed, which reads it when it is loaded.
 * @returns what the owner has to know or to do, as a sentence; undefined when the plan stays as it was
 */
export async function setPlan({ plan, space, project }: Arguments): Promise<string | undefined> {
  const wanted = plan ?? (await askForPlan());
  if (wanted === undefined) return undefined;
  const output = await runCodehooks(
    ['set-env', variable, wanted, '--space', space, '--projectname', project],
    undefined,
    false,
  );
  const meaning =
    wanted === 'free'
      ? 'What is scheduled runs once an hour, and one event at a time gets its effects: docs/plans.md says what that means.'
      : 'What is scheduled runs every minute.';
  return done.test(output)
    ? `The space knows that its plan is ${wanted}. ${meaning}`
    : `The space could not be told that its plan is ${wanted}: log in and say "npx coho set-env ${variable} ${wanted} --space ${space}", then deploy again. ${meaning}`;
}
