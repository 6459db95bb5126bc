import { useState } from 'preact/hooks';
import { type MailEvent, message } from '../api/answers';
import { useClient } from '../api/client-context';
import { useAnswer } from '../api/use-answer';
import { linkBackTo, linkTo } from '../browser/location';
import { counted } from '../format/numbers';
import { span } from '../format/times';
import { Empty, Loading } from '../parts/empty';
import { EventBadge } from '../parts/event-badge';
import { Facts } from '../parts/facts';
import { ExactMoment } from '../parts/moment';
import { Outside, OutsideInFull } from '../parts/outside';
import { PageHead } from '../parts/page-head';
import { ProblemNote } from '../parts/problem-note';
import { TagLinks } from '../parts/tag';
import { EventDetail } from './event-detail';

const everySeconds = 10;
const recipientsAtFirst = 50;

/** What became of one message at one recipient, step by step. */
function Path({ events }: { events: readonly MailEvent[] }) {
  return (
    <ol class="path">
      {events.map((event, index) => {
        const before = events[index - 1];
        const seconds =
          before === undefined ? 0 : (Date.parse(event.occurredAt) - Date.parse(before.occurredAt)) / 1000;
        return (
          <li key={event.key}>
            <a href={linkTo(['events', event.key])} data-line>
              <EventBadge {...event} />
            </a>
            <span class="muted cut">
              <EventDetail event={event} hasSubject={false} />
            </span>
            <span class="muted path-time">
              {before !== undefined && <span class="tabular">+{span(seconds)} · </span>}
              <ExactMoment at={event.occurredAt} after={before?.occurredAt} />
            </span>
          </li>
        );
      })}
    </ol>
  );
}

/** The path of one message, recipient by recipient. */
export function MessageView({ messageId }: { messageId: string }) {
  const client = useClient();
  const [most, setMost] = useState(recipientsAtFirst);
  const { data, problem, reload } = useAnswer(
    messageId,
    (signal) => client.ask(message, ['messages', messageId], { signal }),
    { everySeconds },
  );
  return (
    <>
      <PageHead
        title={data?.subject ?? 'Message'}
        heading={data === null ? 'Message' : <Outside text={data.subject} none="No subject" />}
        back={{ href: linkBackTo('messages'), name: 'Messages' }}
      >
        {data !== null && (
          <a class="button" href={linkTo(['events'], { messageId })}>
            Its events
          </a>
        )}
      </PageHead>
      {problem?.status === 404 ? (
        <Empty title="No event is about this message.">
          Check the ID: it is in the header <code>Message-Id</code>, without angle brackets.
        </Empty>
      ) : (
        <ProblemNote problem={problem} retry={reload} />
      )}
      {data === null ? (
        problem === null && <Loading />
      ) : (
        <>
          <Facts
            of={[
              ['Message ID', <OutsideInFull text={data.messageId} />],
              ['Sending domain', data.domain && <OutsideInFull text={data.domain} />],
              ['Tags', data.tags.length > 0 && <TagLinks tags={data.tags} />],
            ]}
          />
          {data.recipients.slice(0, most).map(({ recipient, events }) => (
            <section key={recipient} class="section" aria-label={recipient ?? 'Without recipient'}>
              <header>
                <h2 class="cut">
                  {recipient === null ? (
                    'Without recipient'
                  ) : (
                    <a href={linkTo(['addresses', recipient])}>
                      <Outside text={recipient} />
                    </a>
                  )}
                </h2>
                <p class="muted hint">{counted(events.length, 'event')}</p>
              </header>
              <Path events={events} />
            </section>
          ))}
          {data.recipients.length > most && (
            <p class="load-more">
              <button type="button" class="button" onClick={() => setMost(most + recipientsAtFirst)}>
                More recipients
              </button>
            </p>
          )}
          {data.next !== null && (
            <p class="muted">
              These are its first 1,000 events. <a href={linkTo(['events'], { messageId })}>All of them</a>.
            </p>
          )}
        </>
      )}
    </>
  );
}
