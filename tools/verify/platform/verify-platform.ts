import { randomBytes } from 'node:crypto';
import { harshest, type Quirks } from '../../../local/switches/quirks';
import type { SpaceClient } from '../space/space-client';
import { findAnswers, findBodyStream } from './answers';
import { findBackground } from './background';
import { findDocuments } from './documents';
import { Findings } from './findings';
import { meaningOf } from './meaning';
import { findReads } from './reads';
import { findOversizeBody, findRawBody, findSurroundings, findThrownErrorStatus } from './requests';
import { findStorage } from './storage';

function isQuirk(name: string): name is keyof Quirks {
  return name in harshest;
}

/** What nobody can find out from outside, or only around a deployment. */
const unaskable = new Set<keyof Quirks>(['restart', 'afterDeploy', 'indexes']);

/** Whether nothing here can answer a question. The clock of a free plan strikes too seldom to be watched. */
function isBeyondReach(name: keyof Quirks, { quirks }: Findings): boolean {
  return unaskable.has(name) || (name === 'cronOverlap' && quirks.plan === 'free');
}

/**
 * Finds out what the platform does where nobody says, by the probe that runs in the space, and prints it as
 * the settings that make the local space the same.
 * @param wait seconds in which a failed job is expected to be tried again
 * @returns whether everything that can be asked from outside was answered
 * @throws CannotRun
 */
export async function verifyPlatform(space: SpaceClient, url: string, wait: number): Promise<boolean> {
  const findings = new Findings();
  const run = randomBytes(8).toString('hex');
  await findSurroundings(space, findings);
  console.log(`Probing ${url}, for at least 20 s ...\n`);
  await findThrownErrorStatus(space, findings);
  await findAnswers(space, findings);
  await findStorage(space, run, findings);
  await findDocuments(space, run, findings);
  await findReads(space, run, findings);
  await findBodyStream(space, findings);
  await findRawBody(space, findings);
  await findOversizeBody(space, findings);
  await findBackground(space, run, wait, findings);

  const names = Object.keys(harshest).filter(isQuirk);
  for (const name of names) {
    const value = findings.quirks[name];
    const shown = value === undefined ? `unknown: ${findings.unknown[name] ?? 'not asked'}` : String(value);
    console.log(`  ${name.padEnd(20)}${shown}`);
  }
  console.log(`\n${findings.remarks.map((sentence) => `  ${sentence}`).join('\n')}`);
  console.log(`\n${meaningOf(findings)}`);
  const known = names.filter((name) => findings.quirks[name] !== undefined);
  console.log('\nThe local space is the same with');
  console.log(
    `\n  npm start -- --bundle --quirks ${known.map((name) => `${name}=${findings.quirks[name]}`).join(',')}`,
  );
  console.log(`\nquirks: ${JSON.stringify(findings.quirks)}`);
  return (
    findings.alarms.length === 0 &&
    names.every((name) => isBeyondReach(name, findings) || findings.quirks[name] !== undefined)
  );
}
