import { type ListedDomains, listDomains } from '../mailgun/domains';
import type { MailgunSettings } from '../settings/settings';
import type { Connection } from '../store/connection';
import { readCursor, readCursors } from './cursors';

/**
 * The domains that are compared with what Mailgun knows: those of the settings, else all of the accounts. Each is named with
 * the subaccount that has it, as far as anybody has found out.
 * @throws MailgunProblem, or when storage fails
 */
export async function domainsToCompare(
  connection: Connection,
  settings: MailgunSettings,
): Promise<ListedDomains> {
  if (settings.domains.length === 0) return listDomains(settings);
  const cursors = await readCursors(connection);
  const domains = settings.domains.map((domain) => ({
    domain,
    subaccount: cursors.get(domain)?.subaccount ?? null,
  }));
  return { domains, refusals: [] };
}

/** The settings by which a domain is asked for: on behalf of the subaccount that has it, if one has. */
export async function onBehalfOf(
  connection: Connection,
  settings: MailgunSettings,
  domain: string,
): Promise<MailgunSettings> {
  return { ...settings, subaccount: (await readCursor(connection, domain)).subaccount };
}
