import { describe, expect, it } from 'vitest';
import { readAlertSettings, readDigestSettings, readMailgunSettings, readSettings } from './settings';

it('without any variable every setting has its default', () => {
  expect(readSettings({})).toEqual({
    settings: {
      signingKeys: [],
      maxAgeSeconds: 86_400,
      maxAttempts: 8,
      maxPendingEvents: 200_000,
      retentionDays: 0,
    },
  });
  expect(readAlertSettings({})).toEqual({ settings: { thresholds: {} } });
  expect(readMailgunSettings({})).toEqual({
    settings: {
      apiKeys: [],
      domains: [],
      regions: ['us'],
      backfillOrder: 'oldest',
      apiUrl: null,
      apiUrlEu: null,
      backfillDays: 1,
    },
  });
});

it('a digest is wanted when somebody says so, in any zone there is', () => {
  expect(readDigestSettings({})).toEqual({
    settings: { digest: 'off', digestHour: 8, digestTimeZone: 'UTC', publicUrl: null },
  });
  const env = {
    DIGEST: 'weekly',
    DIGEST_HOUR: '0',
    DIGEST_TIME_ZONE: 'Asia/Kolkata',
    PUBLIC_URL: 'https://a.example/dev',
  };
  expect(readDigestSettings(env)).toEqual({
    settings: {
      digest: 'weekly',
      digestHour: 0,
      digestTimeZone: 'Asia/Kolkata',
      publicUrl: 'https://a.example/dev',
    },
  });
});

it('texts become what they mean', () => {
  expect(readSettings({ MAILGUN_WEBHOOK_SIGNING_KEY: ' new , ,old', MAX_ATTEMPTS: ' 3 ' })).toMatchObject({
    settings: {
      signingKeys: [
        { key: 'new', domains: null },
        { key: 'old', domains: null },
      ],
      maxAttempts: 3,
    },
  });
  expect(readSettings({ MAILGUN_WEBHOOK_SIGNING_KEY: 'a=Mg.example.com|b.example.org, b' })).toMatchObject({
    settings: {
      signingKeys: [
        { key: 'a', domains: ['mg.example.com', 'b.example.org'] },
        { key: 'b', domains: null },
      ],
    },
  });
  expect(
    readMailgunSettings({
      MAILGUN_DOMAINS: 'A.example.com,eu:b.example.com,a.example.com',
      MAILGUN_REGION: '',
    }),
  ).toMatchObject({ settings: { domains: ['a.example.com', 'eu:b.example.com'], regions: ['us'] } });
});

describe('a value that cannot be read', () => {
  it.each([
    [readSettings, 'MAILGUN_MAX_AGE_SECONDS', '1 day', 'must be a whole number'],
    [readSettings, 'MAILGUN_WEBHOOK_SIGNING_KEY', 'key=', 'must be keys'],
    [readSettings, 'MAILGUN_WEBHOOK_SIGNING_KEY', 'key=mg.example.com|', 'must be keys'],
    [readSettings, 'MAX_ATTEMPTS', '', 'must be a whole number'],
    [readMailgunSettings, 'MAILGUN_DOMAINS', 'https://mg.example.com', 'must be domains'],
    [readMailgunSettings, 'MAILGUN_REGION', 'us,mars', 'must be us, eu, or both'],
    [readMailgunSettings, 'BACKFILL_ORDER', 'latest', 'must be oldest or newest'],
    [readMailgunSettings, 'MAILGUN_API_URL', 'https://example.com/', 'must be a URL without a slash'],
    [readDigestSettings, 'DIGEST', 'hourly', 'must be off, daily or weekly'],
    [readDigestSettings, 'DIGEST_HOUR', '24', 'must be an hour from 0 to 23'],
    [readDigestSettings, 'DIGEST_TIME_ZONE', 'Mars/Olympus', 'must be a time zone such as Europe/Oslo'],
    [readDigestSettings, 'PUBLIC_URL', 'example.com', 'must be a URL'],
    [readAlertSettings, 'ALERT_THRESHOLDS', 'complaints=1', 'must be JSON such as'],
    [
      readAlertSettings,
      'ALERT_THRESHOLDS',
      '{"complaints":{"warn":"1"}}',
      'must be JSON such as .*; complaints.warn: it must be a number',
    ],
  ])('is a sentence that names the variable: %#', (read, name, value, problem) => {
    const result = read({ [name]: value });
    expect('problem' in result && result.problem).toMatch(
      new RegExp(`^${name} ${problem}.*coho set-env\\.$`),
    );
  });
});

it('a variable that changes is read again', () => {
  const env = { MAX_ATTEMPTS: '1' };
  expect(readSettings(env)).toMatchObject({ settings: { maxAttempts: 1 } });
  env.MAX_ATTEMPTS = '2';
  expect(readSettings(env)).toMatchObject({ settings: { maxAttempts: 2 } });
});
