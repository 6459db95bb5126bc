import type { ComplainedEvent } from '../../src/events/event';

/** What senders and recipients choose must not become a mention or a link in the channel. */
function plain(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Tells a channel of a complaint, by an incoming webhook of Slack in SLACK_WEBHOOK_URL. */
export async function notifySlack({ recipient, subject, tags, occurredAt }: ComplainedEvent): Promise<void> {
  const url = process.env.SLACK_WEBHOOK_URL;
  if (!url) throw new Error('Set SLACK_WEBHOOK_URL.');
  const campaign = tags.length > 0 ? ` (${tags.join(', ')})` : '';
  const text = plain(`${recipient} complained about "${subject ?? 'a mail'}"${campaign}, ${occurredAt}`);
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ text }),
    signal: AbortSignal.timeout(10_000),
  });
  if (!response.ok) throw new Error(`Slack answers ${response.status}.`);
}
