import { domainsOf } from '../event-log/event-log';
import { log, reasonOf } from '../log';
import { asConfigured } from '../mailgun/account';
import { addSuppression, removeSuppressions } from '../mailgun/suppressions';
import { type MailgunSettings, readMailgunSettings } from '../settings/settings';
import type { Connection } from '../store/connection';
import { findSubscriber } from '../subscribers/subscribers';
import type { Decision, Selector } from '../suppressions/suppression';

const byHand =
  'Mailgun may still refuse to send: remove the address from the suppressions of your domain at Mailgun too';

/** What became of a wish at Mailgun. */
interface Outcome {
  /** Lists of Mailgun that have changed, such as `bounces`. */
  removed: string[];
  detail: string;
}

async function atMailgun(
  connection: Connection,
  email: string,
  domain: string | null,
  sentence: string,
  act: (settings: MailgunSettings, domains: readonly string[]) => Promise<Outcome>,
): Promise<Outcome> {
  const result = readMailgunSettings();
  if ('problem' in result) return { removed: [], detail: `${sentence}. ${result.problem}` };
  const { settings } = result;
  if (settings.apiKeys.length === 0)
    return { removed: [], detail: `${sentence}, or set MAILGUN_API_KEY and do this again.` };
  try {
    return await act(settings, await domainsFor(connection, settings, email, domain));
  } catch (error) {
    log.warn('suppressions at Mailgun not changed', { error: reasonOf(error) });
    return { removed: [], detail: `${sentence}, or do this again. ${reasonOf(error)}` };
  }
}

/** The domains at Mailgun that are meant, as the settings have them: they know the region. */
async function domainsFor(
  connection: Connection,
  settings: MailgunSettings,
  email: string,
  domain: string | null,
): Promise<string[]> {
  if (domain !== null) return [asConfigured(settings, domain)];
  if (settings.domains.length > 0) return settings.domains;
  const known = await findSubscriber(connection, email);
  const listed = known?.suppressions.flatMap((one) => one.domain ?? []) ?? [];
  return [...new Set([...listed, ...(await domainsOf(connection, email))])];
}

/** Takes an address from Mailgun's own suppressions, or says what its owner must do. Never throws. */
export function removeAtMailgun(connection: Connection, email: string, meant: Selector): Promise<Outcome> {
  return atMailgun(connection, email, meant.domain, byHand, async (settings, domains) => {
    const removed = await removeSuppressions(settings, domains, email, meant);
    const detail =
      removed.length === 0
        ? 'The address was on none of the suppression lists of Mailgun.'
        : `The address was removed from these lists of Mailgun: ${removed.join(', ')}.`;
    return { removed, detail };
  });
}

/** Puts an address on one of Mailgun's own lists, or says what its owner must do. Never throws. */
export function addAtMailgun(connection: Connection, email: string, decision: Decision): Promise<Outcome> {
  const sentence = 'Mailgun was not told: add the address to the suppressions of your domain at Mailgun too';
  return atMailgun(connection, email, decision.domain, sentence, async (settings, domains) => {
    const { list, scope } = decision;
    if (list !== 'bounce' && list !== 'unsubscribe' && list !== 'complaint')
      return { removed: [], detail: 'Mailgun has no such list: this suppression holds here only.' };
    if (scope?.startsWith('list:'))
      return {
        removed: [],
        detail: 'A mailing list is no tag: unsubscribe the member of the list at Mailgun.',
      };
    if (domains.length === 0) return { removed: [], detail: `${sentence}, or name the domain.` };
    await addSuppression(settings, domains, { email, list, tag: scope?.replace(/^tag:/, '') ?? '*' });
    return { removed: [], detail: `The address is on the list of Mailgun for ${domains.join(', ')}.` };
  });
}
