import { parseArgs } from 'node:util';
import * as v from 'valibot';
import { CannotRun } from '../cannot-run';

export const usage = `Proves a deployment: sends signed events as Mailgun would, and looks at answers and effects.

  npm run verify -- [--url URL] [--key KEY] [--wait SECONDS] [--platform]

  --url URL       base of the space, such as https://PROJECT.api.codehooks.io/dev; else SPACE_URL
  --key KEY       API key of the space (npx coho add-token); else SPACE_API_KEY
  --wait SECONDS  how long to wait for effects (60)
  --platform      find out what the platform does where nobody says; the space must run the app of tools/probe

The signing key is taken from MAILGUN_WEBHOOK_SIGNING_KEY, in the environment or .env. What is not given is
that of the local space that runs on SPACE_DIR.
Exit code: 0 everything is as it should be, 1 something is not, 2 could not run.
`;

export interface Arguments {
  readonly url: string | undefined;
  readonly key: string | undefined;
  /** Seconds. */
  readonly wait: number;
  readonly platform: boolean;
}

const waitSentence = '--wait must be a whole number of seconds from 1 to 600.';

const schema = v.object({
  url: v.optional(
    v.pipe(
      v.string(),
      v.url('--url must be a URL such as https://PROJECT.api.codehooks.io/dev.'),
      v.regex(/^https?:/, '--url must begin with https:// (or http:// for a local space).'),
      v.transform((url) => url.replace(/\/+$/, '')),
    ),
  ),
  key: v.optional(v.pipe(v.string(), v.nonEmpty('--key must not be empty.'))),
  wait: v.pipe(
    v.string(),
    v.regex(/^\d+$/, waitSentence),
    v.transform(Number),
    v.minValue(1, waitSentence),
    v.maxValue(600, waitSentence),
  ),
  platform: v.boolean(),
});

/**
 * Reads the command line.
 * @throws CannotRun with a sentence that says what is wrong
 */
export function readArguments(commandLine: readonly string[]): Arguments | 'help' {
  try {
    const { values } = parseArgs({
      args: [...commandLine],
      options: {
        url: { type: 'string' },
        key: { type: 'string' },
        wait: { type: 'string', default: '60' },
        platform: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return 'help';
    const { url, key, wait, platform } = v.parse(schema, values);
    return { url, key, wait, platform };
  } catch (error) {
    throw new CannotRun(error instanceof Error ? error.message : 'The command line cannot be read.');
  }
}
