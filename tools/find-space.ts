import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { CannotRun } from './cannot-run';
import { readEnvironment } from './environment';

/** Where a space is and what opens it. */
export interface FoundSpace {
  /** Base of the routes, such as `http://localhost:3000/dev`. */
  readonly url: string;
  readonly apiKey: string;
  /** What signs webhooks, where it is known. */
  readonly signingKey: string | undefined;
  /** A domain that the key may sign for, where it is bound to some. */
  readonly signingDomain: string | undefined;
}

/** What the running local space writes down about itself. */
const spaceFile = v.object({ url: v.string(), apiKey: v.string(), signingKey: v.optional(v.string()) });

async function readSpaceFile(folder: string): Promise<Partial<v.InferOutput<typeof spaceFile>>> {
  const text = await readFile(join(folder, 'space.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return {};
  try {
    return v.parse(spaceFile, JSON.parse(text));
  } catch {
    throw new CannotRun(
      `${join(folder, 'space.json')} cannot be read: start the space again, or name it by --url.`,
    );
  }
}

/**
 * Finds the space: command line before environment, environment before `.env`, and what the running
 * local space says of itself last.
 * @throws CannotRun when no API key is to be found
 */
export async function findSpace(given: {
  url?: string | undefined;
  key?: string | undefined;
  apiKey?: string | undefined;
}): Promise<FoundSpace> {
  const environment = readEnvironment();
  const running = await readSpaceFile(environment.SPACE_DIR || '.space');
  const apiKey = given.apiKey ?? (environment.SPACE_API_KEY || running.apiKey);
  if (!apiKey) {
    throw new CannotRun(
      'No API key: start the space with "npm start", or give the key of another one, as an option or in SPACE_API_KEY.',
    );
  }
  if (!/^[\x21-\x7e]+$/.test(apiKey)) {
    throw new CannotRun('The API key holds characters that no key has: copy it again.');
  }
  // While keys are being changed there are several; each of them is valid.
  const signingKeys = given.key ?? (environment.MAILGUN_WEBHOOK_SIGNING_KEY || running.signingKey);
  // Behind a `=` stand the domains that a key is bound to.
  const [key = '', domains] = signingKeys?.split(',')[0]?.trim().split('=') ?? [];
  const signingKey = key || undefined;
  const url = given.url ?? (environment.SPACE_URL || running.url || 'http://localhost:3000/dev');
  if (!/^https?:\/\/./.test(url) || !URL.canParse(url)) {
    throw new CannotRun(
      `"${url}" is no address of a space: it must be like https://PROJECT.api.codehooks.io/dev. Mend --url or SPACE_URL.`,
    );
  }
  return { url, apiKey, signingKey, signingDomain: domains?.split('|')[0] };
}
