import { domainsOf } from '../event-log/event-log';
import { log, reasonOf } from '../log';
import { removeSuppressions } from '../mailgun/suppressions';
import { readMailgunSettings } from '../settings/settings';
import type { Connection } from '../store/connection';

const byHand =
  'Mailgun may still refuse to send: remove the address from the suppressions of your domain at Mailgun too';

/** Takes an address from Mailgun's own suppressions, or says what its owner must do. Never throws. */
export async function removeAtMailgun(
  connection: Connection,
  email: string,
): Promise<{ removed: string[]; detail: string }> {
  const result = readMailgunSettings();
  if ('problem' in result) return { removed: [], detail: `${byHand}. ${result.problem}` };
  const { settings } = result;
  if (settings.apiKeys.length === 0) {
    return { removed: [], detail: `${byHand}, or set MAILGUN_API_KEY and do this again.` };
  }
  try {
    const domains = settings.domains.length > 0 ? settings.domains : await domainsOf(connection, email);
    const removed = await removeSuppressions(settings, domains, email);
    const detail =
      removed.length === 0
        ? 'The address was on none of the suppression lists of Mailgun.'
        : `The address was removed from these lists of Mailgun: ${removed.join(', ')}.`;
    return { removed, detail };
  } catch (error) {
    log.warn('suppressions at Mailgun not removed', { error: reasonOf(error) });
    return { removed: [], detail: `${byHand}, or do this again. ${reasonOf(error)}` };
  }
}
