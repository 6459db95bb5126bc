import { parseArgs } from 'node:util';
import * as v from 'valibot';
import { CannotRun } from '../cannot-run';

export const usage = `Suppressions: who must not be written to.

  npm run suppressions -- pull                    compares Mailgun's own lists now: the first import, or between two nights
  npm run suppressions -- diff                    shows what only the app, or only Mailgun's lists, hold
  npm run suppressions -- check ADDRESS...        may I write to them?
  npm run suppressions -- add ADDRESS...          suppresses addresses by hand
  npm run suppressions -- lift ADDRESS...         lifts suppressions, here and at Mailgun
  npm run suppressions -- import FILE.csv         suppresses the addresses of a table, with a report line by line

  --list NAME      bounce, unsubscribe, complaint or manual (add, import; without it manual), or what is lifted
  --domain NAME    a sending domain; without it all of them
  --tag NAME       a tag (check, add, lift)
  --mailing-list ADDRESS   a mailing list (check, add, lift)
  --mailgun        adds at Mailgun, too (add)
  --by NAME        who does it
  --why TEXT       why
  --url URL        base of the space, such as https://PROJECT.api.codehooks.io/dev; else SPACE_URL
  --api-key KEY    API key of the space; else SPACE_API_KEY

Everything can be stopped and run again. Exit code: 0 done, 1 something was not (check: something is suppressed or no
address; diff: there are differences), 2 could not run.
`;

const options = {
  list: { type: 'string' },
  domain: { type: 'string' },
  tag: { type: 'string' },
  'mailing-list': { type: 'string' },
  mailgun: { type: 'boolean', default: false },
  by: { type: 'string' },
  why: { type: 'string' },
  url: { type: 'string' },
  'api-key': { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

const commands = ['pull', 'diff', 'check', 'add', 'lift', 'import'] as const;
const command = v.picklist(commands, `Say what to do: ${commands.join(', ')}. --help tells more.`);

export interface Arguments {
  readonly command: (typeof commands)[number];
  /** Addresses, or the one file to import. */
  readonly operands: readonly string[];
  readonly mailgun: boolean;
  /** What is said of the mail, the suppression and the reason, by the API's names. */
  readonly fields: Readonly<
    Partial<Record<'list' | 'domain' | 'tag' | 'mailingList' | 'by' | 'why', string>>
  >;
  readonly url: string | undefined;
  readonly apiKey: string | undefined;
}

const operandsOf: Record<Arguments['command'], (count: number) => string | null> = {
  pull: (count) => (count === 0 ? null : 'pull takes no addresses.'),
  diff: (count) => (count === 0 ? null : 'diff takes no addresses.'),
  check: (count) => (count > 0 ? null : 'Name at least one address.'),
  add: (count) => (count > 0 ? null : 'Name at least one address.'),
  lift: (count) => (count > 0 ? null : 'Name at least one address.'),
  import: (count) => (count === 1 ? null : 'Name one file, such as suppressed.csv.'),
};

/** Reads the command line. @throws CannotRun with a sentence that says what is wrong */
export function readArguments(commandLine: readonly string[]): Arguments | 'help' {
  let parsed: ReturnType<typeof parseArgs<{ options: typeof options; allowPositionals: true }>>;
  try {
    parsed = parseArgs({ args: [...commandLine], options, allowPositionals: true });
  } catch (error) {
    throw new CannotRun(error instanceof Error ? error.message : 'The command line cannot be read.');
  }
  const {
    help,
    url,
    mailgun = false,
    'api-key': apiKey,
    'mailing-list': mailingList,
    ...rest
  } = parsed.values;
  if (help) return 'help';
  const [first, ...operands] = parsed.positionals;
  const known = v.safeParse(command, first);
  if (!known.success) throw new CannotRun(known.issues[0].message);
  const problem = operandsOf[known.output](operands.length);
  if (problem !== null) throw new CannotRun(problem);
  const named = { ...rest, mailingList };
  const fields = Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
  return { command: known.output, operands, mailgun, fields, url: url?.replace(/\/+$/, ''), apiKey };
}
