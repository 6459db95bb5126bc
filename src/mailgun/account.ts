import type { MailgunSettings } from '../config';

const hosts = { us: 'https://api.mailgun.net', eu: 'https://api.eu.mailgun.net' } as const;

/** Where one account of Mailgun is asked, and with which key. */
export interface Account {
  readonly base: string;
  readonly apiKey: string;
}

/**
 * A domain of the settings, such as `mg.example.com`, or `eu:mg.example.com` for one that is not in the
 * default region, and the accounts that it may belong to: there is one for each key.
 */
export function accountsOf(
  { apiKeys, region, apiUrl }: MailgunSettings,
  domain: string,
): { name: string; accounts: Account[] } {
  const [, own, name] = /^(us|eu):(.*)$/.exec(domain) ?? [null, region, domain];
  const base = apiUrl ?? hosts[own === 'eu' ? 'eu' : 'us'];
  return { name: name ?? domain, accounts: apiKeys.map((apiKey) => ({ base, apiKey })) };
}
