import * as v from 'valibot';

const wholeNumber = v.pipe(
  v.string(),
  v.regex(/^\s*\d{1,9}\s*$/, 'must be a whole number'),
  v.transform(Number),
);

const environment = v.object({
  MAILGUN_WEBHOOK_SIGNING_KEY: v.pipe(
    v.optional(v.string(), ''),
    v.transform((keys) => keys.split(',').flatMap((key) => key.trim() || [])),
  ),
  MAILGUN_MAX_AGE_SECONDS: v.optional(wholeNumber, '86400'),
  MAX_ATTEMPTS: v.optional(wholeNumber, '8'),
  EVENT_RETENTION_DAYS: v.optional(wholeNumber, '0'),
});

export interface Config {
  /** HTTP webhook signing keys, any of which may have signed an event. Empty until the owner has set one. */
  signingKeys: readonly string[];
  /** Oldest signature that is accepted, in seconds. */
  maxAgeSeconds: number;
  /** How often an event is processed before it is given up as dead. */
  maxAttempts: number;
  /** Days for which events are kept, 0 for ever. */
  retentionDays: number;
}

/** The settings, or a sentence that says which variable is wrong. */
export type ConfigResult = { config: Config } | { problem: string };

function parse(env: NodeJS.ProcessEnv): ConfigResult {
  const result = v.safeParse(environment, env);
  if (!result.success) {
    const [issue] = result.issues;
    return { problem: `${v.getDotPath(issue) ?? 'A variable'} ${issue.message}. Set it with coho set-env.` };
  }
  return {
    config: {
      signingKeys: result.output.MAILGUN_WEBHOOK_SIGNING_KEY,
      maxAgeSeconds: result.output.MAILGUN_MAX_AGE_SECONDS,
      maxAttempts: result.output.MAX_ATTEMPTS,
      retentionDays: result.output.EVENT_RETENTION_DAYS,
    },
  };
}

let last: { values: string; result: ConfigResult } | undefined;

/**
 * Reads the settings from the environment at each call, because nobody says whether the platform fills
 * it before or after the app is loaded. Parses only what changed.
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env): ConfigResult {
  const values = [
    env.MAILGUN_WEBHOOK_SIGNING_KEY,
    env.MAILGUN_MAX_AGE_SECONDS,
    env.MAX_ATTEMPTS,
    env.EVENT_RETENTION_DAYS,
  ].join('\n');
  if (last?.values !== values) last = { values, result: parse(env) };
  return last.result;
}
