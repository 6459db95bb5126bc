import { backfill } from '../api/answers';
import { useClient } from '../api/client-context';
import { useAnswer } from '../api/use-answer';
import { counted } from '../format/numbers';
import { dayName } from '../format/times';
import { Empty, Loading } from '../parts/empty';
import { Moment } from '../parts/moment';
import { Outside } from '../parts/outside';
import { ProblemNote } from '../parts/problem-note';
import { Section } from '../parts/section';

const everySeconds = 30;

/** How far Mailgun's own record was compared with ours, and what the webhooks missed. */
export function Backfill() {
  const client = useClient();
  const { data, problem, reload } = useAnswer(
    '',
    (signal) => client.ask(backfill, ['backfill'], { signal }),
    { everySeconds },
  );
  const missed = Object.entries(data?.missed ?? {})
    .filter(([, count]) => count > 0)
    .sort(([left], [right]) => (left < right ? 1 : -1));
  return (
    <Section title="Back-fill" hint="Mailgun’s own record against ours">
      <ProblemNote problem={problem} retry={reload} />
      {data === null ? (
        problem === null && <Loading lines={2} />
      ) : !data.configured ? (
        <Empty title="Back-fill is not set up.">
          Webhooks that got lost are found only by asking Mailgun: set <code>MAILGUN_API_KEY</code>.
        </Empty>
      ) : (
        <>
          {data.items.length === 0 ? (
            <Empty title="Nothing was compared yet.">The first run comes by itself within minutes.</Empty>
          ) : (
            <div class="table-frame">
              <table>
                <caption class="hidden">Back-fill by sending domain</caption>
                <thead>
                  <tr>
                    <th scope="col">Sending domain</th>
                    <th scope="col">Complete up to</th>
                    <th scope="col" class="wide">
                      Last run
                    </th>
                    <th scope="col">State</th>
                  </tr>
                </thead>
                <tbody>
                  {data.items.map(({ domain, checkedUntil, lastRunAt, lastError }) => (
                    <tr key={domain}>
                      <th scope="row" class="cut">
                        <Outside text={domain} />
                      </th>
                      <td>
                        <Moment at={checkedUntil} none="not yet" />
                      </td>
                      <td class="wide">
                        <Moment at={lastRunAt} none="not yet" />
                      </td>
                      <td class="tall">
                        {lastError === null ? (
                          <span class="tone-good">fine</span>
                        ) : (
                          <span class="tone-bad">
                            <Outside text={lastError} />
                          </span>
                        )}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
          <p class="muted">
            {missed.length === 0
              ? 'The webhooks missed nothing.'
              : `Found only here: ${missed.map(([day, count]) => `${counted(count, 'event')} of ${dayName(day)}`).join(', ')}.`}
          </p>
        </>
      )}
    </Section>
  );
}
