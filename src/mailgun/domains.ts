import * as v from 'valibot';
import { EndlessDomains, readDomainNames } from '../mailgun-client/domain-names';
import type { MailgunSettings } from '../settings/settings';
import { accountsIn } from './account';
import { MailgunProblem, requestMailgun } from './request';

/**
 * The domains of all accounts in the region of the settings.
 * @throws MailgunProblem
 */
export async function listDomains(settings: MailgunSettings): Promise<string[]> {
  const names = new Set<string>();
  for (const account of accountsIn(settings, settings.region)) {
    const ask = async (path: string): Promise<unknown> => {
      const { status, body } = await requestMailgun(account, 'GET', path);
      if (status === 200) return body;
      throw new MailgunProblem(
        `Mailgun answered ${status} when asked for the domains: check MAILGUN_API_KEY, or set MAILGUN_DOMAINS.`,
      );
    };
    try {
      for (const name of await readDomainNames(ask)) names.add(name);
    } catch (error) {
      if (error instanceof EndlessDomains) throw new MailgunProblem(error.message);
      if (!v.isValiError(error)) throw error;
      throw new MailgunProblem('Mailgun answered something else than a list of domains.');
    }
  }
  return [...names];
}
