import { parseArgs } from 'node:util';
import * as v from 'valibot';
import { CannotRun } from '../cannot-run';

/** Where `--all` notes how far it has come. */
export const progressFile = '.backfill-progress.json';
/** Mailgun keeps events for a month at most. */
const allDays = 30;

export const usage = `Brings back events that no webhook delivered, from Mailgun's own record.

  npm run backfill -- --from 2026-11-01 --to 2026-11-02 --domain mg.example.com
  npm run backfill -- --all

  --from WHEN    a day or a time in UTC such as 2026-11-01T08:00:00Z; Mailgun keeps events for days, at most a month
  --to WHEN      the last day, or a time; else now
  --domain NAME  a sending domain; may be given several times; else all that the space compares
  --all          all that Mailgun still has of every domain, from 30 days ago on: for the first start. It goes on where it was
                 stopped, by a file in this folder (${progressFile})
  --url URL      base of the space, such as https://PROJECT.api.codehooks.io/dev; else SPACE_URL
  --api-key KEY  API key of the space; else SPACE_API_KEY

The space asks Mailgun: MAILGUN_API_KEY must be set there. What is not given is that of the local space that runs
on SPACE_DIR. It can be stopped and run again at any time: what is known is not stored twice.
Exit code: 0 all was compared, 1 something was not, 2 could not run.
`;

export interface Arguments {
  readonly from: string;
  /** Undefined: now. */
  readonly to: string | undefined;
  /** Empty: all that the space compares. */
  readonly domains: readonly string[];
  /** Whether it is about everything, and goes on where it was stopped. */
  readonly all: boolean;
  readonly url: string | undefined;
  readonly apiKey: string | undefined;
}

const options = {
  from: { type: 'string' },
  to: { type: 'string' },
  domain: { type: 'string', multiple: true },
  all: { type: 'boolean', default: false },
  url: { type: 'string' },
  'api-key': { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

const domainName =
  /^((us|eu):)?(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/i;
const dayLength = 86_400_000;

function isTime(text: string): boolean {
  const time = Date.parse(text);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text.slice(0, 10));
}

const when = (option: string) => {
  const sentence = `${option} must be a day such as 2026-11-01 or a time in UTC such as 2026-11-01T08:00:00Z.`;
  return v.pipe(
    v.string(),
    v.regex(/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?Z)?$/, sentence),
    v.check(isTime, sentence),
  );
};

const schema = v.object({
  from: v.optional(when('--from')),
  to: v.optional(when('--to')),
  domain: v.optional(
    v.array(
      v.pipe(
        v.string(),
        v.regex(domainName, ({ input }) => `"${input}" is no name of a domain, such as mg.example.com.`),
        v.toLowerCase(),
      ),
    ),
    [],
  ),
  all: v.boolean(),
  url: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^https?:\/\/[^/]/i, '--url must be a URL such as https://PROJECT.api.codehooks.io/dev.'),
      v.url('--url must be a URL such as https://PROJECT.api.codehooks.io/dev.'),
      v.transform((text) => text.replace(/\/+$/, '')),
    ),
  ),
  'api-key': v.optional(v.pipe(v.string(), v.regex(/^\S+$/, '--api-key must be the API key of the space.'))),
  help: v.boolean(),
});

function parse(commandLine: readonly string[]): v.InferOutput<typeof schema> {
  try {
    return v.parse(schema, parseArgs({ args: [...commandLine], options }).values);
  } catch (error) {
    throw new CannotRun(error instanceof Error ? error.message : 'The command line cannot be read.');
  }
}

/**
 * Reads the command line.
 * @param now milliseconds since 1970
 * @throws CannotRun with a sentence that says what is wrong
 */
export function readArguments(commandLine: readonly string[], now: number): Arguments | 'help' {
  const { help, all, from: given, to, domain, url, 'api-key': apiKey } = parse(commandLine);
  if (help) return 'help';
  if (all && (given !== undefined || to !== undefined || domain.length > 0))
    throw new CannotRun('--all takes every domain and all days: leave --from, --to and --domain away.');
  const from = all ? new Date(now - allDays * dayLength).toISOString() : given;
  if (from === undefined) throw new CannotRun('Say from when: --from 2026-11-01, for instance.');
  if (Date.parse(from) >= now) throw new CannotRun('--from lies in the future: nothing has happened yet.');
  if (to !== undefined && Date.parse(to) + (to.length === 10 ? dayLength : 0) <= Date.parse(from))
    throw new CannotRun('--to must lie behind --from.');
  return { from, to, domains: [...new Set(domain)], all, url, apiKey };
}
