import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import * as v from 'valibot';
import { CannotSimulate } from './errors/cannot-simulate';
import { type TroubleName, troubleNames } from './plan/trouble';

/** What the user asks for; what is left open is found by `findSpace`. */
export interface Arguments {
  readonly recipients: number;
  readonly tags: readonly string[];
  readonly seed: number;
  readonly concurrency: number;
  readonly quiet: boolean;
  readonly help: boolean;
  /** Seconds since 1970. */
  readonly now?: number | undefined;
  readonly url?: string | undefined;
  readonly key?: string | undefined;
  readonly apiKey?: string | undefined;
  /** Something that goes wrong, instead of a campaign. */
  readonly trouble?: TroubleName | undefined;
}

export const usage = `Plays a campaign as Mailgun would and compares what the space made of it.

  npm run simulate -- [options]

  --recipients N    how many people the campaign is sent to (1000)
  --tags a,b        tags of the messages (spring-sale,newsletter)
  --seed N          same seed, same campaign; a space plays each seed once (random, and printed)
  --url URL         base of the space, such as http://localhost:3000/dev
  --key KEY         signing key; else MAILGUN_WEBHOOK_SIGNING_KEY
  --api-key KEY     API key of the space; else SPACE_API_KEY
  --concurrency N   requests under way at a time (16)
  --now TIME        "now" of the campaign, as an ISO time (the clock); the space refuses what it finds stale
  --quiet           only differences and the result
  --trouble NAME    instead of a campaign something goes wrong, and the space must tell of it: ${troubleNames.join(', ')}

URL and keys that are not given come from the environment, from .env and from the running local space.
Exit code: 0 no difference, 1 differences, 2 could not run.
`;

const options = {
  recipients: { type: 'string', default: '1000' },
  tags: { type: 'string', default: 'spring-sale,newsletter' },
  seed: { type: 'string' },
  concurrency: { type: 'string', default: '16' },
  now: { type: 'string' },
  url: { type: 'string' },
  key: { type: 'string' },
  'api-key': { type: 'string' },
  trouble: { type: 'string' },
  quiet: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

function wholeNumber(name: string, min: number, max: number) {
  const sentence = `--${name} must be a whole number from ${min} to ${max}.`;
  return v.pipe(
    v.string(),
    v.regex(/^\d+$/, sentence),
    v.transform(Number),
    v.minValue(min, sentence),
    v.maxValue(max, sentence),
  );
}

const schema = v.object({
  recipients: wholeNumber('recipients', 1, 1_000_000),
  tags: v.pipe(
    v.string(),
    v.transform((text) => [...new Set(text.split(',').map((tag) => tag.trim()))].filter((tag) => tag !== '')),
  ),
  seed: v.optional(wholeNumber('seed', 0, 0xffffffff), () => String(randomInt(1_000_000))),
  concurrency: wholeNumber('concurrency', 1, 1000),
  now: v.optional(
    v.pipe(
      v.string(),
      v.transform((text) => Date.parse(text) / 1000),
      v.number('--now must be an ISO time such as 2026-11-24T12:00:00Z.'),
    ),
  ),
  url: v.optional(v.pipe(v.string(), v.url('--url must be an URL such as http://localhost:3000/dev.'))),
  key: v.optional(v.string()),
  'api-key': v.optional(v.string()),
  trouble: v.optional(v.picklist(troubleNames, `--trouble must be one of ${troubleNames.join(', ')}.`)),
  quiet: v.boolean(),
  help: v.boolean(),
});

/**
 * Reads the command line.
 * @throws CannotSimulate with a sentence that says what is wrong
 */
export function readArguments(commandLine: readonly string[]): Arguments {
  try {
    const { values } = parseArgs({ args: [...commandLine], options });
    const { 'api-key': apiKey, ...rest } = v.parse(schema, values);
    return { ...rest, apiKey };
  } catch (error) {
    throw new CannotSimulate(error instanceof Error ? error.message : 'The command line cannot be read.');
  }
}
