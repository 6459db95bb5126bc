import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Sqlite } from '../../local/database/sqlite';
import { readSyncedMark } from '../../local/database/synced-mark';
import { readLastCommit } from '../../local/database/transactions';
import { readSpaceFile } from '../../local/start/space-file';
import { lastWords, planEvents } from '../failing-disk/trial';
import { Admin } from '../power-loss/admin';
import { Sender } from '../power-loss/sender';
import { SpaceProcess, signingKey } from '../torture-process/space-process';
import { type Verdict, verdictOnRefusal } from './verdict';

/** The space makes its own secrets, so that they are files in its folder. */
const env = { SPACE_API_KEY: '', MAILGUN_WEBHOOK_SIGNING_KEY: '' };

/** A space syncs what nobody waits for after 200 ms, and empties its log after 2 seconds of rest. */
const untilSyncedMs = 700;
const maxAttempts = 8;

/** What an owner knows of a space, by heart. */
export interface Owned {
  readonly apiKey: string;
  readonly adminToken: string;
  /** A token that was added. */
  readonly token: string;
  /** Variables, tokens, hosts and deployments, as the CLI shows them. */
  readonly settings: string;
}

/**
 * Makes a space as an owner has it: with a deployed app, variables, a token, and events.
 * @param bundle the text of the compiled app
 * @param clean where the data folder is after a stop
 * @param killed where it is after a kill, with everything in the log
 */
export async function makeOwnedSpace(
  seed: number,
  bundle: string,
  clean: string,
  killed: string,
): Promise<Owned> {
  const space = await SpaceProcess.serving({ directory: clean, env });
  const { apiKey, adminToken = '', url } = readSpaceFile(clean) ?? { apiKey: '', url: '' };
  const admin = new Admin(url, adminToken);
  await admin.deploy(bundle);
  await admin.setVariable('MAX_ATTEMPTS', '7', false);
  await admin.setVariable('MAILGUN_WEBHOOK_SIGNING_KEY', signingKey, true);
  const token = await admin.addToken();
  const sender = new Sender();
  sender.url = url;
  await sender.tellAll(await planEvents(seed, 30));
  const settings = await admin.settings();
  await space.stop();

  // What was not synced may be lost with the power, so that damage to it cannot be told: there must be none of it.
  for (let attempt = 1; attempt === 1 || !isSynced(killed); attempt += 1) {
    if (attempt > maxAttempts) throw new Error('The log was never on the disk when the space was killed.');
    rmSync(killed, { recursive: true, force: true });
    cpSync(clean, killed, { recursive: true });
    const second = await SpaceProcess.serving({ directory: killed, env });
    sender.url = second.url ?? '';
    await sender.tellAll(await planEvents(seed + attempt, 60));
    // On a machine that is busy with other things the effects take longer.
    await sleep(attempt * untilSyncedMs);
    await second.kill();
  }
  return { apiKey, adminToken, token, settings };
}

/** Whether all that a killed space has committed was on the disk by its own word. */
function isSynced(folder: string): boolean {
  const copy = `${folder}-copy`;
  cpSync(folder, copy, { recursive: true });
  const database = new Sqlite(join(copy, 'space.db'), '');
  const isWhole = readLastCommit(database) === readSyncedMark(join(copy, 'space.db'));
  database.close();
  rmSync(copy, { recursive: true, force: true });
  return isWhole;
}

/** Starts the space of an owner and tries what he relies on. */
export async function tryOwnedSpace(
  directory: string,
  file: string,
  owned: Owned,
  seed: number,
): Promise<Verdict> {
  const space = new SpaceProcess({ directory, env });
  try {
    if (!(await space.serves())) {
      return verdictOnRefusal(await lastWords(space), file);
    }
    const lost = await whatIsLost(space.url ?? '', owned, seed);
    return lost.length === 0 ? { kind: 'whole' } : { kind: 'wrong', why: lost.join('; ') };
  } finally {
    await space.kill();
  }
}

async function whatIsLost(url: string, owned: Owned, seed: number): Promise<string[]> {
  const lost: string[] = [];
  for (const [name, key] of Object.entries({ 'API key': owned.apiKey, token: owned.token })) {
    const { status } = await fetch(`${url}/api/summary`, { headers: { 'x-apikey': key } });
    if (status !== 200) lost.push(`with the ${name} a route answers ${status}`);
  }
  const admin = new Admin(url, owned.adminToken);
  const settings = await admin.settings().catch((error: unknown) => String(error));
  if (settings !== owned.settings) lost.push(`the settings are ${settings.slice(0, 200)}`);
  const sender = new Sender();
  sender.url = url;
  const [event] = await planEvents(seed, 1);
  const told = event === undefined ? Promise.resolve() : sender.tellAll([event]);
  await Promise.race([told, sleep(3000)]).catch((error: unknown) => lost.push(String(error)));
  if (sender.replies.at(-1)?.status !== 200) lost.push('a signed event is not taken in');
  sender.giveUp();
  return lost;
}
