import { CannotRun } from '../cannot-run';

/** Mailgun keeps two regions apart: domains, their webhooks and their events exist in one of them only. */
export const regions = ['us', 'eu'] as const;
export type Region = (typeof regions)[number];

const hosts: Record<Region, string> = {
  us: 'https://api.mailgun.net',
  eu: 'https://api.eu.mailgun.net',
};

export function otherRegion(region: Region): Region {
  return region === 'us' ? 'eu' : 'us';
}

/**
 * The base of Mailgun's API in a region, without a slash at the end.
 * @param environment `MAILGUN_API_URL` stands in for both hosts, `MAILGUN_API_URL_EU` for the one of the EU:
 *   a proxy, or Mailgun's imitation in the tests
 * @throws CannotRun when such a variable is no URL
 */
export function apiUrl(region: Region, environment: Readonly<Record<string, string | undefined>>): string {
  const base =
    (region === 'eu' && environment.MAILGUN_API_URL_EU) || environment.MAILGUN_API_URL || hosts[region];
  if (!/^https?:\/\/./.test(base) || !URL.canParse(base)) {
    throw new CannotRun(`"${base}" is no address of Mailgun's API: remove MAILGUN_API_URL or mend it.`);
  }
  return base.replace(/\/+$/, '');
}
