import { eventWithOriginal, type MailEvent, type Meaning } from '../api/answers';
import { useClient } from '../api/client-context';
import { useAnswer } from '../api/use-answer';
import { linkBackTo, linkTo } from '../browser/location';
import { classificationName } from '../format/classifications';
import { CopyButton } from '../parts/copy-button';
import { Empty, Loading } from '../parts/empty';
import { EventBadge } from '../parts/event-badge';
import { Facts } from '../parts/facts';
import { ExactMoment, Moment } from '../parts/moment';
import { Outside, OutsideInFull } from '../parts/outside';
import { OutsideLink } from '../parts/outside-link';
import { PageHead } from '../parts/page-head';
import { ProblemNote } from '../parts/problem-note';
import { Section } from '../parts/section';
import { TagLinks } from '../parts/tag';

/** JSON text with a line for each value. No number is parsed: not every one survives that. */
function indented(text: string): string {
  let depth = 0;
  let last = '';
  return (text.match(/"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s"[\]{},:]+/g) ?? [text])
    .map((token) => {
      const isOpening = /^[[{]$/.test(last);
      const isClosing = /^[\]}]$/.test(token);
      if (isClosing) depth -= 1;
      const breaks = isClosing ? !isOpening : isOpening || last === ',';
      last = token;
      if (/^[[{]$/.test(token)) depth += 1;
      const indent = /^[[{]$/.test(token) ? depth - 1 : depth;
      return `${breaks ? `\n${'  '.repeat(Math.max(indent, 0))}` : ''}${token === ':' ? ': ' : token}`;
    })
    .join('');
}

function full(text: string | null) {
  return text === null || text === '' ? null : <OutsideInFull text={text} />;
}

/** What speaks for an address that Mailgun lists. */
const doubts: Readonly<Record<string, string>> = {
  sender: 'the provider refused the sender, not the address',
  content: 'the message was refused, not the address',
  full_mailbox: 'its mailbox was only full',
  soft: 'the bounce is called soft',
};

/** What a failure says of its address, in a sentence. */
function sentenceOf({ listedByMailgun, addressIsBad, doubt }: Meaning): string {
  if (doubt !== null) return `Mailgun lists the address, although ${doubts[doubt] ?? 'it may be good'}`;
  if (listedByMailgun)
    return addressIsBad ? 'The address is bad, and Mailgun lists it' : 'Mailgun lists the address';
  if (addressIsBad === null) return 'Nothing about the address';
  return addressIsBad ? 'The address is bad; Mailgun does not list it' : 'The address is good';
}

function deliveryFacts(event: MailEvent & { meaning: Meaning | null }) {
  const { deliveryStatus, classification, severity, reason, meaning } = event;
  const { code, enhancedCode, message, description, lastCode, lastMessage, attempt, mxHost } =
    deliveryStatus ?? {};
  return [
    ['Taken for', classification === null ? null : classificationName(classification)],
    ['Which says', meaning === null ? null : sentenceOf(meaning)],
    ['Severity', full(severity)],
    ['Reason', full(reason)],
    ['Code', full([code, enhancedCode].filter(Boolean).join(' '))],
    ['Message', full(message ?? null)],
    ['Description', full(description ?? null)],
    ['Last answer', full([lastCode, lastMessage].filter(Boolean).join(' '))],
    ['Attempt', attempt ? String(attempt) : null],
    ['Mail server', full(mxHost ?? null)],
  ] as const;
}

function reaction({ url, clientInfo, geolocation, ip, bot, unsubscribedFrom }: MailEvent) {
  const place = [geolocation?.city, geolocation?.region, geolocation?.country].filter(Boolean).join(', ');
  const client = [clientInfo?.name, clientInfo?.os, clientInfo?.device].filter(Boolean).join(', ');
  return [
    ['Link', url === null || url === '' ? null : <OutsideLink url={url} />],
    [
      'Unsubscribed from',
      full(unsubscribedFrom.map((scope) => (scope === '*' ? 'all mail' : scope)).join(', ')),
    ],
    ['By', bot === null || bot === '' ? null : <OutsideInFull text={`a machine (${bot})`} />],
    ['Client', full(client)],
    ['User agent', full(clientInfo?.userAgent ?? null)],
    ['Place', full(place)],
    ['IP address', full(ip)],
  ] as const;
}

/** One event with its original. */
export function EventView({ eventKey }: { eventKey: string }) {
  const client = useClient();
  const { data, problem, reload } = useAnswer(eventKey, (signal) =>
    client.ask(eventWithOriginal, ['events', eventKey], { signal }),
  );
  const original = data?.raw == null ? null : indented(data.raw);
  return (
    <>
      <PageHead
        title={data === null ? 'Event' : `${data.event} ${data.recipient ?? ''}`}
        heading={data === null ? 'Event' : <EventBadge {...data} />}
        back={{ href: linkBackTo('events'), name: 'Events' }}
      />
      {data !== null && (
        <p class="muted lead">
          <Moment at={data.occurredAt} />
          {data.recipient !== null && (
            <>
              {' · '}
              <Outside text={data.recipient} />
            </>
          )}
        </p>
      )}
      {problem?.status === 404 ? (
        <Empty title="There is no such event.">
          It may have been removed after the days for which events are kept.{' '}
          <a href={linkTo(['events'])}>All events</a>.
        </Empty>
      ) : (
        <ProblemNote problem={problem} retry={reload} />
      )}
      {data === null ? (
        problem === null && <Loading />
      ) : (
        <>
          {data.state === 'dead' && (
            <p class="note tone-bad">
              Given up after {data.attempts} attempts: <OutsideInFull text={data.lastError} />{' '}
              <a href={linkTo(['trouble'])}>Give it another try</a>
            </p>
          )}
          <Facts
            of={[
              ['Time', <ExactMoment at={data.occurredAt} />],
              [
                'Recipient',
                data.recipient && (
                  <a class="cut" href={linkTo(['addresses', data.recipient])}>
                    <Outside text={data.recipient} />
                  </a>
                ),
              ],
              ['Provider', full(data.recipientProvider)],
              ['Subject', full(data.subject)],
              [
                'Message',
                data.messageId && (
                  <a class="cut" href={linkTo(['messages', data.messageId])}>
                    <Outside text={data.messageId} />
                  </a>
                ),
              ],
              ['Tags', data.tags.length > 0 && <TagLinks tags={data.tags} />],
              ...deliveryFacts(data),
              ...reaction(data),
              ['Sending domain', full(data.domain)],
              ['Mailing list', full(data.mailingList)],
              ['Variables', full(data.userVariables)],
            ].map(([name, value]) => [String(name), value || null])}
          />
          <Section title="How it got here">
            <Facts
              of={[
                [
                  'Received',
                  <>
                    <ExactMoment at={data.receivedAt} />{' '}
                    {data.source === 'backfill' ? 'by comparing with Mailgun' : 'by webhook'}
                    {data.format === 'legacy' && ', as a legacy form'}
                  </>,
                ],
                ['Processed', <Moment at={data.processedAt} none="not yet" />],
                ['Attempts', String(data.attempts)],
                ['Last error', full(data.lastError)],
                ['Key', full(data.key)],
              ]}
            />
          </Section>
          <Section
            title="The original"
            hint="as Mailgun sent it"
            actions={original !== null && <CopyButton text={original} name="the original" />}
          >
            {original === null ? (
              <Empty title="The original is gone.">It was erased with its person.</Empty>
            ) : (
              // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be within reach of the keyboard
              <pre class="original" dir="ltr" tabIndex={0}>
                {original}
              </pre>
            )}
          </Section>
        </>
      )}
    </>
  );
}
