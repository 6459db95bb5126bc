import { parseArgs } from 'node:util';
import * as v from 'valibot';
import { CannotRun } from '../cannot-run';

export const usage = `Compares our numbers with Mailgun's own, per sending domain and day, and says of each difference why it is.

  npm run reconcile -- --from 2026-10-01 --to 2026-10-31 [--domain mg.example.com]

  --from DAY     the first UTC day; Mailgun keeps days for a year, and hours, which causes are found by, for 60 days
  --to DAY       the last day; else the newest one that is complete
  --domain NAME  a sending domain; else all that the space compares
  --url URL      base of the space, such as https://PROJECT.api.codehooks.io/dev; else SPACE_URL
  --api-key KEY  API key of the space; else SPACE_API_KEY

The space asks Mailgun: MAILGUN_API_KEY must be set there. What Mailgun lists and the space lacks is brought back on the
way. What is not given is that of the local space that runs on SPACE_DIR. It can be stopped and run again at any time.
Exit code: 0 equal, or different for reasons that are known; 1 different, or not all was compared; 2 could not run.
`;

export interface Arguments {
  readonly from: string;
  readonly to: string;
  /** Undefined: all. */
  readonly domain: string | undefined;
  readonly url: string | undefined;
  readonly apiKey: string | undefined;
}

const options = {
  from: { type: 'string' },
  to: { type: 'string' },
  domain: { type: 'string' },
  url: { type: 'string' },
  'api-key': { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

const isDay = (text: string) =>
  !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text);

const day = (option: string) => {
  const sentence = `${option} must be a day such as 2026-10-01.`;
  return v.pipe(v.string(), v.regex(/^\d{4}-\d{2}-\d{2}$/, sentence), v.check(isDay, sentence));
};

const schema = v.object({
  from: v.optional(day('--from')),
  to: v.optional(day('--to')),
  domain: v.optional(v.pipe(v.string(), v.trim(), v.toLowerCase())),
  url: v.optional(
    v.pipe(
      v.string(),
      v.url('--url must be a URL such as https://PROJECT.api.codehooks.io/dev.'),
      v.transform((text) => text.replace(/\/+$/, '')),
    ),
  ),
  'api-key': v.optional(v.pipe(v.string(), v.regex(/^\S+$/, '--api-key must be the API key of the space.'))),
  help: v.boolean(),
});

/**
 * Reads the command line.
 * @param now milliseconds since 1970
 * @throws CannotRun with a sentence that says what is wrong
 */
export function readArguments(commandLine: readonly string[], now: number): Arguments | 'help' {
  let given: v.InferOutput<typeof schema>;
  try {
    given = v.parse(schema, parseArgs({ args: [...commandLine], options }).values);
  } catch (error) {
    throw new CannotRun(error instanceof Error ? error.message : 'The command line cannot be read.');
  }
  if (given.help) return 'help';
  const { from, to = new Date(now).toISOString().slice(0, 10), domain, url, 'api-key': apiKey } = given;
  if (from === undefined) throw new CannotRun('Say from when: --from 2026-10-01, for instance.');
  if (Date.parse(from) >= now) throw new CannotRun('--from lies in the future: nothing has happened yet.');
  if (to < from) throw new CannotRun('--to must not lie before --from.');
  return { from, to, domain, url, apiKey };
}
