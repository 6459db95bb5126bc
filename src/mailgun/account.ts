import type { Access } from '../mailgun-client/ask';
import type { MailgunSettings, Region } from '../settings/settings';

const hosts = { us: 'https://api.mailgun.net', eu: 'https://api.eu.mailgun.net' } as const;

/** The accounts in a region, one for each key. */
export function accountsIn(settings: MailgunSettings, region: Region): Access[] {
  const { apiKeys, apiUrl, apiUrlEu, subaccount: onBehalfOf = null } = settings;
  const base = (region === 'eu' ? apiUrlEu : null) ?? apiUrl ?? hosts[region];
  return apiKeys.map((apiKey) => ({ base, apiKey, onBehalfOf }));
}

/**
 * A domain of the settings, such as `mg.example.com`, or `eu:mg.example.com` for one that is not in the
 * default region, and the accounts that it may belong to: there is one for each key.
 */
export function accountsOf(settings: MailgunSettings, domain: string): { name: string; accounts: Access[] } {
  const [, own, name] = /^(us|eu):(.*)$/.exec(domain) ?? [null, settings.regions[0], domain];
  return { name: name ?? domain, accounts: accountsIn(settings, own === 'eu' ? 'eu' : 'us') };
}

/** A domain as the settings have it: they know its region. */
export function asConfigured(settings: MailgunSettings, domain: string): string {
  return settings.domains.find((known) => accountsOf(settings, known).name === domain) ?? domain;
}
