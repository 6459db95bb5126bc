import { events, type MailEvent } from '../api/answers';
import { useClient } from '../api/client-context';
import { useAnswer } from '../api/use-answer';
import { linkTo } from '../browser/location';
import { Empty, Loading } from '../parts/empty';
import { Icon } from '../parts/icons';
import { Moment } from '../parts/moment';
import { Outside } from '../parts/outside';
import { PageHead } from '../parts/page-head';
import { ProblemNote } from '../parts/problem-note';

const everySeconds = 15;

/** The messages that events are about, the latest first, each once. */
function messagesOf(events: readonly MailEvent[]): MailEvent[] {
  const byId = new Map<string, MailEvent>();
  for (const event of events) {
    if (event.messageId !== null && !byId.has(event.messageId)) byId.set(event.messageId, event);
  }
  return [...byId.values()];
}

/** Finds a message by its ID, or among those of the latest events. */
export function MessagesView() {
  const client = useClient();
  const { data, problem, reload } = useAnswer(
    '',
    (signal) => client.ask(events, ['events'], { query: { limit: '200' }, signal }),
    { everySeconds },
  );
  const messages = messagesOf(data?.items ?? []);
  return (
    <>
      <PageHead title="Messages">
        <form
          class="field"
          onSubmit={(event) => {
            event.preventDefault();
            const id = String(new FormData(event.currentTarget).get('id') ?? '').trim();
            if (id !== '') location.hash = linkTo(['messages', id.replace(/^<|>$/g, '')]);
          }}
        >
          <Icon name="search" />
          <input
            type="search"
            name="id"
            data-main
            aria-label="Message ID"
            placeholder="Message ID, then Enter"
            autocomplete="off"
            spellcheck={false}
          />
          <span class="key" aria-hidden="true">
            /
          </span>
        </form>
      </PageHead>
      <ProblemNote problem={problem} retry={reload} />
      {data === null ? (
        problem === null && <Loading />
      ) : messages.length === 0 ? (
        <Empty title="No message yet.">
          The ID of a message is in its header <code>Message-Id</code> and in the answer that Mailgun gave
          when you sent it.
        </Empty>
      ) : (
        <div class="table-frame">
          <table class="lines fixed">
            <caption class="hidden">Messages of the latest events</caption>
            <thead>
              <tr>
                <th scope="col">Subject</th>
                <th scope="col" class="wide">
                  Message ID
                </th>
                <th scope="col" class="wide">
                  Recipient
                </th>
                <th scope="col" class="time-column">
                  Last event
                </th>
              </tr>
            </thead>
            <tbody>
              {messages.map(({ messageId, subject, recipient, occurredAt }) => (
                <tr key={messageId}>
                  <th scope="row" class="cut">
                    <a class="line-link" data-line href={linkTo(['messages', messageId ?? ''])}>
                      <Outside text={subject} none="No subject" />
                    </a>
                  </th>
                  <td class="cut wide muted">
                    <Outside text={messageId} />
                  </td>
                  <td class="cut wide">
                    <Outside text={recipient} />
                  </td>
                  <td>
                    <Moment at={occurredAt} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}
