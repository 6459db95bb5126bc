import * as v from 'valibot';

const wholeNumber = v.pipe(
  v.string(),
  v.regex(/^\s*\d{1,9}\s*$/, 'must be a whole number'),
  v.transform(Number),
);

/** Texts separated by commas. */
const list = v.pipe(
  v.optional(v.string(), ''),
  v.transform((texts) => texts.split(',').flatMap((text) => text.trim() || [])),
);

const url = v.optional(
  v.pipe(v.string(), v.regex(/^(https?:\/\/\S*[^\s/])?$/, 'must be a URL without a slash at its end')),
  '',
);

const environment = v.object({
  MAILGUN_WEBHOOK_SIGNING_KEY: list,
  MAILGUN_MAX_AGE_SECONDS: v.optional(wholeNumber, '86400'),
  MAX_ATTEMPTS: v.optional(wholeNumber, '8'),
  MAX_PENDING_EVENTS: v.optional(wholeNumber, '200000'),
  EVENT_RETENTION_DAYS: v.optional(wholeNumber, '0'),
});

/** Apart from the rest: a slip in these must not keep webhooks from being taken in. */
const mailgunEnvironment = v.object({
  MAILGUN_API_KEY: list,
  MAILGUN_DOMAINS: v.pipe(
    list,
    v.array(
      v.pipe(
        v.string(),
        v.toLowerCase(),
        v.regex(
          /^(us:|eu:)?[a-z0-9_-]+(\.[a-z0-9_-]+)+$/,
          'must be domains such as mg.example.com or eu:mg.example.com, separated by commas',
        ),
      ),
    ),
  ),
  MAILGUN_REGION: v.optional(v.picklist(['', 'us', 'eu'], 'must be us or eu'), ''),
  MAILGUN_API_URL: url,
  MAILGUN_API_URL_EU: url,
  BACKFILL_DAYS: v.optional(wholeNumber, '1'),
});

export interface Config {
  /** HTTP webhook signing keys, any of which may have signed an event. Empty until the owner has set one. */
  signingKeys: readonly string[];
  /** Oldest signature that is accepted, in seconds. */
  maxAgeSeconds: number;
  /** How often an event is processed before it is given up as dead. */
  maxAttempts: number;
  /** Events that may wait for their effects; more are answered 503, so that they come again later. */
  maxPendingEvents: number;
  /** Days for which events are kept, 0 for ever. */
  retentionDays: number;
}

/** What Mailgun's REST API is asked with. */
export interface MailgunSettings {
  /** One for each account; none: Mailgun is not asked. */
  apiKeys: readonly string[];
  /** Sending domains, each `mg.example.com` or with its own region `eu:mg.example.com`. */
  domains: readonly string[];
  /** Of domains that name none. */
  region: 'us' | 'eu';
  /** Asked instead of the regions' hosts; null: those. */
  apiUrl: string | null;
  /** Asked instead of the host of the EU, before `apiUrl`. */
  apiUrlEu: string | null;
  /** How many days back the first comparison with Mailgun's record begins. */
  backfillDays: number;
}

/** The settings, or a sentence that says which variable is wrong. */
export type ConfigResult = { config: Config } | { problem: string };

function problemOf(result: { issues: [v.BaseIssue<unknown>, ...unknown[]] }): { problem: string } {
  const [issue] = result.issues;
  const name = String(issue.path?.[0]?.key ?? 'A variable');
  return { problem: `${name} ${issue.message}. Set it with coho set-env.` };
}

function parse(env: NodeJS.ProcessEnv): ConfigResult {
  const result = v.safeParse(environment, env);
  if (!result.success) return problemOf(result);
  return {
    config: {
      signingKeys: result.output.MAILGUN_WEBHOOK_SIGNING_KEY,
      maxAgeSeconds: result.output.MAILGUN_MAX_AGE_SECONDS,
      maxAttempts: result.output.MAX_ATTEMPTS,
      maxPendingEvents: result.output.MAX_PENDING_EVENTS,
      retentionDays: result.output.EVENT_RETENTION_DAYS,
    },
  };
}

/** Reads what Mailgun's REST API is asked with; see {@link readConfig}. */
export function readMailgunSettings(
  env: NodeJS.ProcessEnv = process.env,
): { settings: MailgunSettings } | { problem: string } {
  const result = v.safeParse(mailgunEnvironment, env);
  if (!result.success) return problemOf(result);
  const { output } = result;
  return {
    settings: {
      apiKeys: output.MAILGUN_API_KEY,
      domains: [...new Set(output.MAILGUN_DOMAINS)],
      region: output.MAILGUN_REGION || 'us',
      apiUrl: output.MAILGUN_API_URL || null,
      apiUrlEu: output.MAILGUN_API_URL_EU || null,
      backfillDays: output.BACKFILL_DAYS,
    },
  };
}

/** The variables that the settings are read from. */
const names = [
  'MAILGUN_WEBHOOK_SIGNING_KEY',
  'MAILGUN_MAX_AGE_SECONDS',
  'MAX_ATTEMPTS',
  'MAX_PENDING_EVENTS',
  'EVENT_RETENTION_DAYS',
] as const;

let last: { values: ReadonlyArray<string | undefined>; result: ConfigResult } | undefined;

/**
 * Reads the settings from the environment at each call, because nobody says whether the platform fills
 * it before or after the app is loaded. Parses only what changed.
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env): ConfigResult {
  if (last === undefined || names.some((name, at) => env[name] !== last?.values[at])) {
    last = { values: names.map((name) => env[name]), result: parse(env) };
  }
  return last.result;
}
