import { parseArgs } from 'node:util';
import * as v from 'valibot';
import { CannotRun } from '../cannot-run';
import { otherRegion, type Region, regions } from '../mailgun/region';

export const usage = `Registers the webhook's URL at Mailgun for all eight types of events, and shows the signing key's command.

  MAILGUN_API_KEY=... npm run register -- --url https://PROJECT.api.codehooks.io/dev --domain mg.example.com

  --url URL        base of the space, or the webhook's own URL; else SPACE_URL
  --domain NAME    a domain; may be given several times; else MAILGUN_DOMAINS (those of the region)
  --all            all domains of the account
  --account        the account itself, which covers all its domains and subaccounts in the region
  --region us|eu   where the domains are; else MAILGUN_REGION, else us
  --replace URL    take this URL of somebody else away to make room; never done unless told
  --remove         take our URL away instead
  --dry-run        show what would change, and change nothing
  --yes            do not ask
  --show-key       show the signing key in the command
  --key-only       print nothing but the signing key, for $(...): see docs/deploy.md

MAILGUN_API_KEY is the account's API key, from the environment or .env, never from the command line.
Exit code: 0 everything is as wanted, 1 something is not, 2 could not run.
`;

export interface Arguments {
  /** The webhook's URL; undefined when none is needed. */
  readonly url: string | undefined;
  readonly scope: 'account' | 'all' | readonly string[];
  readonly region: Region;
  readonly replace: string | undefined;
  readonly remove: boolean;
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly showKey: boolean;
  readonly keyOnly: boolean;
}

const options = {
  url: { type: 'string' },
  domain: { type: 'string', multiple: true },
  all: { type: 'boolean', default: false },
  account: { type: 'boolean', default: false },
  region: { type: 'string' },
  replace: { type: 'string' },
  remove: { type: 'boolean', default: false },
  'dry-run': { type: 'boolean', default: false },
  yes: { type: 'boolean', default: false },
  'show-key': { type: 'boolean', default: false },
  'key-only': { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

const domainName = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/i;
const webhookPath = '/mailgun/events';

const schema = v.object({
  url: v.optional(v.string()),
  domain: v.optional(v.array(v.string()), []),
  all: v.boolean(),
  account: v.boolean(),
  region: v.optional(v.picklist(regions, '--region (or MAILGUN_REGION) must be us or eu.')),
  replace: v.optional(
    v.pipe(v.string(), v.url('--replace must be the URL that is to go, as Mailgun shows it.')),
  ),
  remove: v.boolean(),
  'dry-run': v.boolean(),
  yes: v.boolean(),
  'show-key': v.boolean(),
  'key-only': v.boolean(),
  help: v.boolean(),
});

/** The webhook of a space: the path is added to its base unless it is there. */
function webhookUrl(text: string): string {
  if (!URL.canParse(text)) {
    throw new CannotRun(`--url must be a URL such as https://PROJECT.api.codehooks.io/dev, not "${text}".`);
  }
  const url = new URL(text);
  if (url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '') {
    throw new CannotRun('--url must be without a query, a fragment and a password.');
  }
  const base = url.href.replace(/\/+$/, '');
  return base.endsWith(webhookPath) ? base : base + webhookPath;
}

/** The domains of MAILGUN_DOMAINS, without those that a prefix (`eu:mg.example.com`) puts into the other region. */
function domainsOf(list: string, region: Region): string[] {
  return list.split(',').flatMap((entry) => {
    const [, prefix = region, name = ''] = /^(?:(us|eu):)?(.*)$/i.exec(entry.trim()) ?? [];
    return name !== '' && prefix.toLowerCase() === region ? [name] : [];
  });
}

function readScope(
  { account, all, domain }: v.InferOutput<typeof schema>,
  region: Region,
  fromEnvironment: string,
): Arguments['scope'] {
  if (Number(account) + Number(all) + Number(domain.length > 0) > 1) {
    throw new CannotRun('Give one of --domain (several times for several), --all and --account.');
  }
  if (account) return 'account';
  if (all) return 'all';
  const names = domain.length > 0 ? domain : domainsOf(fromEnvironment, region);
  if (names.length === 0) {
    throw new CannotRun(
      fromEnvironment.trim() === ''
        ? 'Say for what: --domain NAME, --all for every domain, or --account.'
        : `MAILGUN_DOMAINS has no domain of the ${region} region: add --region ${otherRegion(region)}, or --domain NAME.`,
    );
  }
  const wrong = names.find((name) => !domainName.test(name));
  if (wrong !== undefined) throw new CannotRun(`"${wrong}" is no name of a domain, such as mg.example.com.`);
  return [...new Set(names.map((name) => name.toLowerCase()))];
}

/**
 * Reads the command line.
 * @throws CannotRun with a sentence that says what is wrong
 */
export function readArguments(
  commandLine: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Arguments | 'help' {
  const values = parse(commandLine, environment.MAILGUN_REGION || undefined);
  if (values.help) return 'help';
  const { 'dry-run': dryRun, 'show-key': showKey, 'key-only': keyOnly, replace, remove, yes } = values;
  if (keyOnly && (showKey || remove || replace !== undefined)) {
    throw new CannotRun('--key-only prints the key and changes nothing: leave the other options away.');
  }
  if (remove && replace !== undefined) {
    throw new CannotRun('--remove takes our URL away and --replace makes room for it: give one of them.');
  }
  const given = values.url ?? (environment.SPACE_URL || undefined);
  if (given === undefined && !keyOnly) {
    throw new CannotRun('No URL: give --url https://PROJECT.api.codehooks.io/dev, or set SPACE_URL.');
  }
  const region = values.region ?? 'us';
  return {
    url: given === undefined ? undefined : webhookUrl(given),
    scope: keyOnly ? 'account' : readScope(values, region, environment.MAILGUN_DOMAINS ?? ''),
    region,
    replace,
    remove,
    dryRun,
    yes,
    showKey,
    keyOnly,
  };
}

function parse(commandLine: readonly string[], region: string | undefined): v.InferOutput<typeof schema> {
  try {
    const { values } = parseArgs({ args: [...commandLine], options });
    return v.parse(schema, { ...values, region: values.region ?? region });
  } catch (error) {
    throw new CannotRun(error instanceof Error ? error.message : 'The command line cannot be read.');
  }
}
