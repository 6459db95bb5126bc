import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { config } from 'dotenv';
import * as v from 'valibot';
import type { Arguments } from './arguments';
import { CannotSimulate } from './cannot-simulate';

/** Everything that is needed to talk to a space. */
export interface Space {
  readonly url: string;
  readonly apiKey: string;
  readonly signingKey: string;
}

/** What the running local space writes down about itself. */
const spaceFile = v.object({ url: v.string(), apiKey: v.string(), signingKey: v.optional(v.string()) });

async function readSpaceFile(folder: string): Promise<Partial<v.InferOutput<typeof spaceFile>>> {
  const text = await readFile(join(folder, 'space.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return {};
  try {
    return v.parse(spaceFile, JSON.parse(text));
  } catch {
    throw new CannotSimulate(
      `${join(folder, 'space.json')} cannot be read: start the space again, or give --url, --key and --api-key.`,
    );
  }
}

/**
 * Finds the space: command line before environment, environment before `.env`, and what the running
 * local space says of itself last.
 * @throws CannotSimulate when a key is nowhere to be found
 */
export async function findSpace(given: Pick<Arguments, 'url' | 'key' | 'apiKey'>): Promise<Space> {
  const environment: Record<string, string> = {};
  config({ quiet: true, processEnv: environment });
  Object.assign(environment, process.env);
  const running = await readSpaceFile(environment.SPACE_DIR || '.space');
  const apiKey = given.apiKey ?? (environment.SPACE_API_KEY || running.apiKey);
  // While keys are being changed there are several; each of them is valid.
  const signingKeys = given.key ?? (environment.MAILGUN_WEBHOOK_SIGNING_KEY || running.signingKey);
  const signingKey = signingKeys?.split(',')[0]?.trim();
  if (!apiKey) {
    throw new CannotSimulate(
      'No API key: start the space with "npm start", or give --api-key or SPACE_API_KEY.',
    );
  }
  if (!signingKey) {
    throw new CannotSimulate(
      'No signing key: set MAILGUN_WEBHOOK_SIGNING_KEY in .env, for the space too, or give --key.',
    );
  }
  return { url: given.url ?? running.url ?? 'http://localhost:3000/dev', apiKey, signingKey };
}
