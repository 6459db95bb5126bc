import * as v from 'valibot';
import type { Access } from '../mailgun-client/ask';
import { EndlessDomains, readDomainNames } from '../mailgun-client/domain-names';
import type { MailgunSettings, Region } from '../settings/settings';
import { accountsIn } from './account';
import { MailgunProblem, requestMailgun } from './request';
import { readSubaccounts } from './subaccounts';

/** A sending domain at Mailgun. */
export interface ListedDomain {
  /** As the settings would name it: `eu:mg.example.com` when it is not in the default region. */
  readonly domain: string;
  /** The id of the subaccount that has it; null: the key's own account, or nobody has looked. */
  readonly subaccount: string | null;
}

/** The domains of all accounts, and what could not be read of them. */
export interface ListedDomains {
  readonly domains: readonly ListedDomain[];
  /** Why the domains of an account could not be read, each a sentence. */
  readonly refusals: readonly string[];
}

async function readNames(account: Access): Promise<string[]> {
  const ask = async (path: string): Promise<unknown> => {
    const { status, body } = await requestMailgun(account, 'GET', path);
    if (status === 200) return body;
    throw new MailgunProblem(
      `Mailgun answered ${status} when asked for the domains: check MAILGUN_API_KEY, or set MAILGUN_DOMAINS.`,
    );
  };
  try {
    return await readDomainNames(ask);
  } catch (error) {
    if (error instanceof EndlessDomains) throw new MailgunProblem(error.message);
    if (!v.isValiError(error)) throw error;
    throw new MailgunProblem('Mailgun answered something else than a list of domains.');
  }
}

/** Which account a sentence is about, where there are several. */
function describe(settings: MailgunSettings, region: Region, index: number, access: Access): string {
  const parts = [
    ...(settings.apiKeys.length > 1 ? [`key ${index + 1} of MAILGUN_API_KEY`] : []),
    ...(settings.regions.length > 1 ? [`region ${region}`] : []),
    ...(access.onBehalfOf ? [`subaccount ${access.onBehalfOf}`] : []),
  ];
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

/**
 * The domains of all accounts in all regions of the settings, with those of their subaccounts. What an account refuses
 * does not hide the domains of the others.
 * @throws MailgunProblem when Mailgun has trouble that passes, or all accounts refuse
 */
export async function listDomains(settings: MailgunSettings): Promise<ListedDomains> {
  const found = new Map<string, ListedDomain>();
  const refusals: string[] = [];
  let accounts = 0;

  /** @returns whether the account has named its domains */
  async function add(region: Region, index: number, access: Access): Promise<boolean> {
    accounts += 1;
    try {
      for (const name of await readNames(access)) {
        const domain = region === settings.regions[0] ? name : `${region}:${name}`;
        if (!found.has(domain)) found.set(domain, { domain, subaccount: access.onBehalfOf ?? null });
      }
      return true;
    } catch (error) {
      if (!(error instanceof MailgunProblem) || error.retryAfterSeconds !== null) throw error;
      refusals.push(error.message.replace(/([.:])/, `${describe(settings, region, index, access)}$1`));
      return false;
    }
  }

  for (const region of settings.regions)
    for (const [index, account] of accountsIn(settings, region).entries()) {
      if (!(await add(region, index, account))) continue;
      for (const subaccount of await readSubaccounts(account)) await add(region, index, subaccount);
    }
  if (accounts > 0 && refusals.length === accounts) throw new MailgunProblem(refusals.join(' '));
  return { domains: [...found.values()], refusals };
}
