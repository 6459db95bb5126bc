import * as v from 'valibot';
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

/** Settings without which no webhook is taken in. */
export const webhookSettings = v.object({
  /** HTTP webhook signing keys, any of which may have signed an event. Empty until the owner has set one. */
  signingKeys: setting('MAILGUN_WEBHOOK_SIGNING_KEY', '', list),
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
  /** One for each account; none: Mailgun is not asked. */
  apiKeys: setting('MAILGUN_API_KEY', '', list),
  domains: setting('MAILGUN_DOMAINS', '', domains),
  /** Of domains that name none. */
  region: setting(
    'MAILGUN_REGION',
    'us',
    v.pipe(
      v.picklist(['', 'us', 'eu'], 'must be us or eu'),
      v.transform((region) => region || 'us'),
    ),
  ),
  /** Asked instead of the regions' hosts; null: those. */
  apiUrl: setting('MAILGUN_API_URL', '', url),
  /** Asked instead of the host of the EU, before `apiUrl`. */
  apiUrlEu: setting('MAILGUN_API_URL_EU', '', url),
  /** How many days back the first comparison with Mailgun's events begins. */
  backfillDays: setting('BACKFILL_DAYS', '1', wholeNumber),
});

export type MailgunSettings = v.InferOutput<typeof mailgunSettings>;
export type SettingsResult = Result<v.InferOutput<typeof webhookSettings>>;

/** Reads the settings of the app. */
export const readSettings = settingsReader(webhookSettings);

/** Reads what Mailgun's REST API is asked with. */
export const readMailgunSettings = settingsReader(mailgunSettings);
