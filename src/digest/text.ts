import type { DigestNumbers } from './numbers';
import type { MailNumbers } from './trouble';
import { comparedText, counted, countText, dateText, dayText, nameText, percentText } from './words';

/** What a digest says: one line, and what a person reads to the end. */
export interface DigestText {
  title: string;
  text: string;
}

/** The largest rates of complaints that Gmail does not mind, and that it still takes mail with. */
const gmailLimits = { good: 0.001, most: 0.003 } as const;

const days = { daily: 1, weekly: 7 } as const;
const daysBefore = 7;

function titleOf({ period, totals, rates }: DigestNumbers): string {
  const { kind, from, to } = period;
  const when = kind === 'daily' ? `on ${dayText(from)}` : `from ${dateText(from)} to ${dateText(to)}`;
  if (totals.processed === 0) return `No mail ${when}`;
  return `Mail ${when}: ${countText(totals.sent)} sent, ${percentText(rates.delivery)} delivered`;
}

function volumeOf({ period, totals, before }: DigestNumbers): string {
  const sent = counted(totals.sent, 'message sent', 'messages sent');
  if (before.totals.sent === 0) return `${sent}. There was no mail in the week before.`;
  const usual = (before.totals.sent / daysBefore) * days[period.kind];
  const what = period.kind === 'daily' ? 'on an average day of the week before' : 'in the week before';
  return `${sent}, ${comparedText(totals.sent, usual)} ${what}.`;
}

function complaintNote(rate: number | null): string {
  if (rate === null || rate < gmailLimits.good) return '';
  return rate < gmailLimits.most
    ? '. Too many: Gmail wants less than 0.10 %'
    : '. Far too many: from 0.30 % on Gmail refuses mail';
}

function ratesOf({ rates, before, totals }: DigestNumbers): string[] {
  if (totals.processed === 0) return [];
  const line = (word: string, now: number | null, then: number | null, note = '') =>
    `- ${word}: ${percentText(now)} (before: ${percentText(then)})${note}`;
  return [
    line('Complaints', rates.complaint, before.rates.complaint, complaintNote(rates.complaint)),
    line('Bounced', rates.bounce, before.rates.bounce),
    line('Delivered', rates.delivery, before.rates.delivery),
    line('Unsubscribed', rates.unsubscribe, before.rates.unsubscribe),
    line('Opened', rates.uniqueOpen, before.rates.uniqueOpen),
    line('Clicked', rates.uniqueClick, before.rates.uniqueClick),
  ];
}

/** What is wrong with the mail of a campaign or to a provider. */
function troubleOf({ name, processed, complaint, bounce, deferral, trouble }: MailNumbers): string {
  const words = {
    complaint: `${percentText(complaint)} complaints`,
    bounce: `${percentText(bounce)} bounced`,
    deferral: `${percentText(deferral)} put off`,
  };
  return `- ${nameText(name)}: ${trouble.map((one) => words[one]).join(', ')} of ${counted(processed, 'message', 'messages')}`;
}

/** The line with a link into the page; none when nobody knows its address. */
type Linker = (hash: string) => string[];

function linker(publicUrl: string | null): Linker {
  return (hash) => (publicUrl === null ? [] : [`  ${publicUrl}/dashboard#/${hash}`]);
}

/** A part of the digest with a heading; nothing when there is nothing to tell. */
function part(heading: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', heading, ...lines];
}

function doubtfulOf({ doubtful: { addresses, blocks } }: DigestNumbers, link: Linker): string[] {
  if (addresses === 0) return [];
  const what = counted(addresses, 'new suppression is', 'new suppressions are');
  return part(`${what} doubtful: Mailgun refuses these addresses,`, [
    'but what it says speaks against the sender, the content or a full mailbox.',
    ...blocks.map(
      (block) =>
        `- ${block.provider}, ${nameText(block.code)}: ${counted(block.addresses, 'address', 'addresses')}`,
    ),
    ...link('suppressions'),
  ]);
}

/**
 * Writes a digest: plain text of fewer than 40 lines.
 * @param publicUrl address of the space, for links into the page; null: without links
 */
export function digestText(numbers: DigestNumbers, publicUrl: string | null): DigestText {
  const { period, campaigns, providers, dead, missed, alerts } = numbers;
  const link = linker(publicUrl);
  const range = `range=own&from=${period.from}&to=${period.to}`;
  const lines = [
    volumeOf(numbers),
    ...ratesOf(numbers),
    ...part(
      `${counted(alerts.open, 'alert is open', 'alerts are open')}:`,
      alerts.first.map(
        ({ title, level, openedAt }) =>
          `- ${nameText(title)} (${level === 'critical' ? 'critical' : 'warning'}, since ${dateText(openedAt.slice(0, 10))})`,
      ),
    ),
    ...part(
      'Campaigns to look at:',
      campaigns.flatMap((campaign) => [
        troubleOf(campaign),
        ...link(`campaigns/${encodeURIComponent(campaign.name)}?${range}`),
      ]),
    ),
    ...part('Providers with trouble:', providers.map(troubleOf)),
    ...doubtfulOf(numbers, link),
    ...part('To be done:', [
      ...(dead === 0
        ? []
        : [
            `- ${counted(dead, 'event was', 'events were')} given up and ${dead === 1 ? 'waits' : 'wait'} for another try`,
            ...link('trouble'),
          ]),
      ...(missed === 0
        ? []
        : [`- Webhooks missed ${counted(missed, 'event', 'events')}; the back-fill has brought them`]),
    ]),
    '',
    'Days are UTC days. Numbers may still change when events come late.',
    ...link(`?${range}`),
  ];
  return { title: titleOf(numbers), text: `${lines.join('\n')}\n` };
}
