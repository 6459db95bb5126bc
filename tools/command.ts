import { withoutAddresses } from '../src/without-addresses';
import { CannotRun } from './cannot-run';

/** The exit code of a command that could not do its work; the usage texts tell it. */
const cannotRun = 2;

/**
 * A sentence as a terminal may show it. It may quote a space, Mailgun or the command line, and what a command writes ends
 * up in logs of CI and in reports: it holds no address and no control character.
 */
export function printable(sentence: string): string {
  return withoutAddresses(sentence.replace(/[^\P{Cc}\n]+/gu, ' '));
}

/** Tells what goes wrong, or what is waited for, on standard error. */
export function tell(sentence: string): void {
  console.error(printable(sentence));
}

/** What is told of an error: its sentence, and of a mistake in the code where it is. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // What Node says of a command line is a TypeError, too, and has a code.
  const isMistake =
    (error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError) &&
    !('code' in error);
  return (isMistake && error.stack) || error.message;
}

/**
 * Runs a command to its end. What it throws is told, and its exit code is then that of the error, or 2.
 * @param run returns the exit code
 */
export async function runCommand(run: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await run();
  } catch (error) {
    tell(describe(error));
    process.exitCode = error instanceof CannotRun ? error.exitCode : cannotRun;
  }
}
