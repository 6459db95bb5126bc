import { ownMailTag, ownMessageId } from '../../events/own-mail';
import { accountsOf, asConfigured } from '../../mailgun/account';
import { askMailgun, NoAnswer } from '../../mailgun-client/ask';
import { readMailgunSettings } from '../../settings/settings';
import type { Endpoint } from '../endpoint';
import { mailMessage } from '../message/mail';
import type { StoredNotice } from '../notice';
import type { Outcome } from './outcome';

type Mailbox = Extract<Endpoint, { kind: 'email' }>;

const failed = (
  reason: string,
  status: number | null = null,
  retryAfterSeconds: number | null = null,
): Outcome => ({
  result: 'failed',
  status,
  reason,
  retryAfterSeconds,
});

function formOf({ to, from, domain }: Mailbox, notice: StoredNotice, messageId: string): FormData {
  const { subject, text, html } = mailMessage(notice);
  const form = new FormData();
  form.append('from', from);
  for (const address of to) form.append('to', address);
  form.append('subject', subject);
  form.append('text', text);
  form.append('html', html);
  form.append('o:tag', ownMailTag);
  form.append('o:tracking', 'no');
  // The same for each attempt, so that a mail program shows a repeated one once.
  form.append('h:Message-Id', `<${ownMessageId(messageId, domain)}>`);
  // Asks machines not to answer (RFC 3834).
  form.append('h:Auto-Submitted', 'auto-generated');
  return form;
}

/** Sends a notice as a mail by Mailgun. @param messageId the same for every attempt */
export async function sendMail(endpoint: Mailbox, notice: StoredNotice, messageId: string): Promise<Outcome> {
  const mailgun = readMailgunSettings();
  if ('problem' in mailgun) return failed(mailgun.problem);
  const { settings } = mailgun;
  const { accounts } = accountsOf(settings, asConfigured(settings, endpoint.domain));
  let outcome = failed('No mail can be sent without MAILGUN_API_KEY. Set it with coho set-env --encrypted.');
  for (const account of accounts) {
    outcome = await sendBy(account, endpoint, formOf(endpoint, notice, messageId));
    // The domain may belong to the account of another key.
    if (outcome.status !== 401 && outcome.status !== 404) break;
  }
  return outcome;
}

async function sendBy(
  account: Parameters<typeof askMailgun>[0],
  { domain }: Mailbox,
  form: FormData,
): Promise<Outcome> {
  try {
    const { status, retryAfterSeconds } = await askMailgun(account, {
      method: 'POST',
      path: `/v3/${encodeURIComponent(domain)}/messages`,
      form,
    });
    if (status === 200) return { result: 'delivered', status };
    if (status === 429 || status >= 500)
      return failed(`Mailgun answered ${status}.`, status, retryAfterSeconds);
    return {
      result: 'refused',
      status,
      reason: `Mailgun answered ${status} to the mail: check MAILGUN_API_KEY, MAILGUN_REGION, the domain, and from and to of the destination.`,
    };
  } catch (error) {
    if (error instanceof NoAnswer) return failed(`Mailgun did not answer: ${error.message}.`);
    throw error;
  }
}
