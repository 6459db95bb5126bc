import { useState } from 'preact/hooks';
import { events, type MailEvent, requeued } from '../api/answers';
import { type ApiProblem, asProblem } from '../api/api-problem';
import { useClient } from '../api/client-context';
import { useList } from '../api/use-list';
import { linkTo } from '../browser/location';
import { counted } from '../format/numbers';
import { announce } from '../parts/announce';
import { Empty, Loading } from '../parts/empty';
import { EventBadge } from '../parts/event-badge';
import { ExportButton } from '../parts/export-button';
import { LoadMore } from '../parts/load-more';
import { Moment } from '../parts/moment';
import { Outside } from '../parts/outside';
import { ProblemNote } from '../parts/problem-note';
import { Section } from '../parts/section';

interface DeadLettersProps {
  /** How many there are; the list is read again when it changes. */
  count: number | null;
  /** Called after some were given another try. */
  onChange: () => void;
}

/** Events that were given up, and another try for them. */
export function DeadLetters({ count, onChange }: DeadLettersProps) {
  const client = useClient();
  const [busy, setBusy] = useState<string | null>(null);
  const [result, setResult] = useState<string | null>(null);
  const [failure, setFailure] = useState<ApiProblem | null>(null);
  const list = useList<MailEvent>(
    String(count),
    (cursor, signal) => client.ask(events, ['dead'], { query: { cursor }, ...(signal && { signal }) }),
    ({ key }) => key,
  );

  /** @param key of one event; all of them without it */
  async function requeue(key?: string): Promise<void> {
    setBusy(key ?? '');
    setFailure(null);
    setResult(null);
    try {
      const path = key === undefined ? ['dead', 'requeue'] : ['dead', key, 'requeue'];
      const { requeued: count, more } = await client.ask(requeued, path, { method: 'POST' });
      const sentence = `${counted(count, 'event')} got all attempts again${more ? '; there are more, press again' : ''}.`;
      setResult(sentence);
      announce(sentence);
    } catch (error) {
      setFailure(asProblem(error));
    }
    setBusy(null);
    list.reload();
    onChange();
  }

  const items = list.items ?? [];
  return (
    <Section
      title="Dead letters"
      hint="events that were given up; nothing of them is lost"
      actions={
        items.length > 0 && (
          <>
            <ExportButton path={['dead.csv']} name="dead-letters" />
            <button type="button" class="button primary" disabled={busy !== null} onClick={() => requeue()}>
              {busy === '' ? 'Working …' : 'Requeue all'}
            </button>
          </>
        )
      }
    >
      {result !== null && <p class="note tone-good">{result}</p>}
      <ProblemNote problem={failure ?? list.problem} retry={list.reload} />
      {list.items === null ? (
        list.problem === null && <Loading lines={2} />
      ) : items.length === 0 ? (
        <Empty title="No event was given up.">
          Nothing to do. Should your own code in <code>src/hooks.ts</code> go on failing for an event, it
          waits here with its error until you requeue it.
        </Empty>
      ) : (
        <>
          <div class="table-frame">
            <table class="lines fixed">
              <caption class="hidden">Events that were given up</caption>
              <thead>
                <tr>
                  <th scope="col" class="time-column wide">
                    Received
                  </th>
                  <th scope="col" class="event-column">
                    Event
                  </th>
                  <th scope="col" class="recipient-column wide">
                    Recipient
                  </th>
                  <th scope="col">Last error</th>
                  <th scope="col" class="action-column">
                    <span class="hidden">Action</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {items.map((event) => (
                  <tr key={event.key}>
                    <td class="wide">
                      <Moment at={event.receivedAt} />
                    </td>
                    <th scope="row">
                      <a class="line-link" data-line href={linkTo(['events', event.key])}>
                        <EventBadge {...event} />
                      </a>
                    </th>
                    <td class="cut wide">
                      <Outside text={event.recipient} />
                    </td>
                    <td class="cut">
                      <Outside text={event.lastError} />
                    </td>
                    <td class="number above">
                      <button
                        type="button"
                        class="button small"
                        disabled={busy !== null}
                        onClick={() => requeue(event.key)}
                      >
                        {busy === event.key ? 'Working …' : 'Requeue'}
                        <span class="hidden"> this event</span>
                      </button>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          <LoadMore list={list} name="dead letters" />
        </>
      )}
    </Section>
  );
}
