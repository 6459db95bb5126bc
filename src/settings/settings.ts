import * as v from 'valibot';
import { thresholdChange } from './alert-thresholds';
import { type Result, setting, settingsReader } from './setting';

const wholeNumber = v.pipe(
  v.string(),
  v.regex(/^\s*\d{1,9}\s*$/, 'must be a whole number'),
  v.transform(Number),
);

/** Texts separated by commas. */
const list = v.pipe(
  v.string(),
  v.transform((texts) => texts.split(',').flatMap((text) => text.trim() || [])),
);

/** Signing keys, each alone or with the only domains that it may sign for: `KEY=mg.example.com|mail.example.org`. */
const signingKeys = v.pipe(
  list,
  v.array(
    v.pipe(
      v.string(),
      v.regex(
        /^[^=\s]+(=[a-z0-9_-]+(\.[a-z0-9_-]+)+(\|[a-z0-9_-]+(\.[a-z0-9_-]+)+)*)?$/i,
        'must be keys separated by commas, each alone or with its domains, such as KEY=mg.example.com|mail.example.org',
      ),
      v.transform((text) => {
        const [key = '', domains] = text.split('=');
        return { key, domains: domains?.toLowerCase().split('|') ?? null };
      }),
    ),
  ),
);

/** A URL, null when the text is empty. */
const url = v.pipe(
  v.string(),
  v.regex(/^(https?:\/\/\S*[^\s/])?$/, 'must be a URL without a slash at its end'),
  v.transform((text) => text || null),
);

/** Sending domains, each `mg.example.com` or with its own region `eu:mg.example.com`. */
const domains = v.pipe(
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
  v.transform((names) => [...new Set(names)]),
);

const region = v.picklist(['us', 'eu'], 'must be us, eu, or both: us,eu');
/** Where Mailgun keeps what an account has. */
export type Region = v.InferOutput<typeof region>;

/** Mailgun's regions, each once. */
const regions = v.pipe(
  list,
  v.array(region),
  v.transform(([first = 'us', ...others]): [Region, ...Region[]] => [
    first,
    ...new Set(others.filter((other) => other !== first)),
  ]),
);

/** Settings without which no webhook is taken in. */
export const webhookSettings = v.object({
  /** HTTP webhook signing keys, any of which may have signed an event. Empty until the owner has set one. */
  signingKeys: setting('MAILGUN_WEBHOOK_SIGNING_KEY', '', signingKeys),
  /** Oldest signature that is accepted, in seconds. */
  maxAgeSeconds: setting('MAILGUN_MAX_AGE_SECONDS', '86400', wholeNumber),
  /** How often an event is processed before it is given up as dead. */
  maxAttempts: setting('MAX_ATTEMPTS', '8', wholeNumber),
  /** Events that may wait for their effects; more are answered 503, so that they come again later. */
  maxPendingEvents: setting('MAX_PENDING_EVENTS', '200000', wholeNumber),
  /** Days for which events are kept, 0 for ever. */
  retentionDays: setting('EVENT_RETENTION_DAYS', '0', wholeNumber),
});

/** What Mailgun's REST API is asked with. Apart from the rest: a slip in these must not keep webhooks out. */
export const mailgunSettings = v.object({
  /** A key for each account. Without any, Mailgun is not asked. */
  apiKeys: setting('MAILGUN_API_KEY', '', list),
  domains: setting('MAILGUN_DOMAINS', '', domains),
  /** The regions of the accounts. The first is that of domains without a region of their own. */
  regions: setting('MAILGUN_REGION', 'us', regions),
  /** Asked instead of the regions' hosts; null: those. */
  apiUrl: setting('MAILGUN_API_URL', '', url),
  /** Asked instead of the host of the EU, before `apiUrl`. */
  apiUrlEu: setting('MAILGUN_API_URL_EU', '', url),
  /** How many days back the first comparison with Mailgun's events begins. */
  backfillDays: setting('BACKFILL_DAYS', '1', wholeNumber),
  /** What a comparison that is behind reads first. */
  backfillOrder: setting(
    'BACKFILL_ORDER',
    'oldest',
    v.pipe(
      v.picklist(['', 'oldest', 'newest'], 'must be oldest or newest'),
      v.transform((order) => order || 'oldest'),
    ),
  ),
});

/** Which events can be looked for. Apart from the rest: a slip in it must not keep webhooks out. */
export const searchSettings = v.object({
  /** Names of the sender's variables that events can be found by. */
  searchableVariables: setting(
    'SEARCHABLE_VARIABLES',
    '',
    v.pipe(
      list,
      v.array(
        v.pipe(
          v.string(),
          v.regex(/^[^:\s]{1,100}$/, 'must be names without spaces and colons, separated by commas'),
        ),
      ),
      v.maxLength(20, 'must be 20 names at most'),
      v.transform((names) => [...new Set(names)]),
    ),
  ),
});

/** `domain`, or `all`, which is the default. */
const domainOrAll = v.pipe(
  v.picklist(['', 'domain', 'all'], 'must be domain or all'),
  v.transform((scope) => scope || 'all'),
);

/** What a suppression holds for, and when mail that fails softly is one. Apart: a slip must not keep webhooks out. */
export const suppressionSettings = v.object({
  bounceScope: setting('BOUNCE_SCOPE', 'all', domainOrAll),
  complaintScope: setting('COMPLAINT_SCOPE', 'all', domainOrAll),
  unsubscribeScope: setting(
    'UNSUBSCRIBE_SCOPE',
    'tag',
    v.pipe(
      v.picklist(['', 'tag', 'domain', 'all'], 'must be tag, domain or all'),
      v.transform((scope) => scope || 'tag'),
    ),
  ),
  /** Mails that fail softly before their address is given a pause; 0: it never is. */
  softBounceLimit: setting('SOFT_BOUNCE_LIMIT', '0', wholeNumber),
  /** Days in which they must have failed. */
  softBounceDays: setting('SOFT_BOUNCE_DAYS', '14', wholeNumber),
  /** How long the pause is. */
  softBouncePauseDays: setting('SOFT_BOUNCE_PAUSE_DAYS', '7', wholeNumber),
  /** With it a hash of an erased person's address goes on answering the check; null: nothing is kept. */
  erasureSalt: setting(
    'ERASURE_SALT',
    '',
    v.pipe(
      v.string(),
      v.trim(),
      v.check((salt) => salt === '' || salt.length >= 16, 'must have at least 16 characters'),
      v.transform((salt) => salt || null),
    ),
  ),
});

/** A zone of the clock by its IANA name. */
const timeZone = v.pipe(
  v.string(),
  v.trim(),
  v.transform((name) => name || 'UTC'),
  v.check(isTimeZone, 'must be a time zone such as Europe/Oslo'),
);

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** When the owner is told how the mail fares, and where links lead. */
export const digestSettings = v.object({
  digest: setting(
    'DIGEST',
    'off',
    v.pipe(
      v.picklist(['', 'off', 'daily', 'weekly'], 'must be off, daily or weekly'),
      v.transform((digest) => digest || 'off'),
    ),
  ),
  /** Hour of the day in the time zone. */
  digestHour: setting(
    'DIGEST_HOUR',
    '8',
    v.pipe(v.string(), v.regex(/^\s*(1?\d|2[0-3])\s*$/, 'must be an hour from 0 to 23'), v.transform(Number)),
  ),
  digestTimeZone: setting('DIGEST_TIME_ZONE', 'UTC', timeZone),
  /** The address of the space, under which its page is; null: nobody has told it. */
  publicUrl: setting('PUBLIC_URL', '', url),
});

/** From when on alerts fire. Apart: a slip must not keep webhooks out. */
export const alertSettings = v.object({
  /** What is other than by default, by the name of the rule. */
  thresholds: setting(
    'ALERT_THRESHOLDS',
    '',
    v.pipe(
      v.string(),
      v.transform((text) => text.trim() || '{}'),
      v.rawTransform(({ dataset, addIssue, NEVER }) => {
        const changes = v.safeParse(
          v.pipe(v.string(), v.parseJson(), v.record(v.string(), thresholdChange)),
          dataset.value,
        );
        if (changes.success) return changes.output;
        const [issue] = changes.issues;
        const where = v.getDotPath(issue);
        addIssue({
          message: `must be JSON such as {"complaints":{"warn":0.0015}}${where === null ? '' : `; ${where}: ${issue.message}`}`,
        });
        return NEVER;
      }),
    ),
  ),
});

export type SuppressionSettings = v.InferOutput<typeof suppressionSettings>;
export type MailgunSettings = v.InferOutput<typeof mailgunSettings> & {
  /** The subaccount that a primary account's key asks for; no setting, but found at Mailgun. */
  readonly subaccount?: string | null;
};
/** A signing key, and the domains that it may sign for; null: any. */
export type SigningKey = v.InferOutput<typeof signingKeys>[number];
export type SettingsResult = Result<v.InferOutput<typeof webhookSettings>>;

/** Reads the settings of the app. */
export const readSettings = settingsReader(webhookSettings);

/** Reads what Mailgun's REST API is asked with. */
export const readMailgunSettings = settingsReader(mailgunSettings);

/** Reads when the owner is told how the mail fares. */
export const readDigestSettings = settingsReader(digestSettings);

/** Reads which events can be looked for. */
export const readSearchSettings = settingsReader(searchSettings);

/** Reads what a suppression holds for. */
export const readSuppressionSettings = settingsReader(suppressionSettings);

/** Reads from when on alerts fire. */
export const readAlertSettings = settingsReader(alertSettings);
