import type { MailgunSettings } from '../settings/settings';
import { accountsOf } from './account';
import { MailgunProblem, requestMailgun } from './request';

const lists = ['bounces', 'unsubscribes', 'complaints'] as const;

/**
 * Takes an address from Mailgun's own lists, which belong to a domain each. Can be repeated.
 * @param domains as in the settings
 * @returns the lists that it was on for any of them, such as `bounces`
 * @throws MailgunProblem when Mailgun does not answer or refuses every key
 */
export async function removeSuppressions(
  settings: MailgunSettings,
  domains: readonly string[],
  email: string,
): Promise<string[]> {
  const removed = new Set<string>();
  for (const domain of domains) {
    const { name, accounts } = accountsOf(settings, domain);
    for (const list of lists) {
      const path = `/v3/${encodeURIComponent(name)}/${list}/${encodeURIComponent(email)}`;
      const statuses: number[] = [];
      for (const account of accounts) statuses.push((await requestMailgun(account, 'DELETE', path)).status);
      if (statuses.includes(200)) removed.add(list);
      // 404: it was not on the list, or the domain is another account's.
      else if (!statuses.includes(404))
        throw new MailgunProblem(
          `Mailgun answered ${statuses.join(', ')} for ${name}: check MAILGUN_API_KEY, and the region of the domain.`,
        );
    }
  }
  return [...removed];
}
