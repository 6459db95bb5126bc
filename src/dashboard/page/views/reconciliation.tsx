import { reconciliation } from '../api/answers';
import { useClient } from '../api/client-context';
import { useAnswer } from '../api/use-answer';
import { dayName } from '../format/times';
import { Empty, Loading } from '../parts/empty';
import { Moment } from '../parts/moment';
import { Outside, OutsideInFull } from '../parts/outside';
import { ProblemNote } from '../parts/problem-note';
import { Section } from '../parts/section';

const everySeconds = 60;

/** Whether our numbers are Mailgun's, in one calm line, and the days on which they are not. */
export function Reconciliation() {
  const client = useClient();
  const { data, problem, reload } = useAnswer(
    '',
    (signal) => client.ask(reconciliation, ['reconciliation'], { signal }),
    { everySeconds },
  );
  // Without a key the section above has said what is missing.
  if (data !== null && !data.configured) return null;
  const days = (data?.items ?? []).filter(
    ({ state, sentences, lastError }) => sentences.length > 0 || (state === 'open' && lastError !== null),
  );
  return (
    <Section title="Numbers" hint="compared with Mailgun's own count">
      <ProblemNote problem={problem} retry={reload} />
      {data === null ? (
        problem === null && <Loading lines={2} />
      ) : data.summary.sentence === null && days.length === 0 ? (
        <Empty title="Nothing was compared yet.">
          Every night the numbers of the day before are compared with Mailgun's.
        </Empty>
      ) : (
        <>
          {data.summary.sentence !== null && (
            <p class={data.summary.differs > 0 ? 'note tone-warn' : 'note'}>{data.summary.sentence}</p>
          )}
          {days.length > 0 && (
            <div class="table-frame">
              <table>
                <caption class="hidden">Days on which the numbers differ</caption>
                <thead>
                  <tr>
                    <th scope="col">Sending domain</th>
                    <th scope="col">Day</th>
                    <th scope="col">Difference</th>
                    <th scope="col" class="wide">
                      Compared
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {days.map(({ domain, day, sentences, lastError, finishedAt }) => (
                    <tr key={`${domain}|${day}`}>
                      <th scope="row">
                        <Outside text={domain} />
                      </th>
                      <td>{dayName(day)}</td>
                      <td>
                        {sentences.map((sentence) => (
                          <div key={sentence}>{sentence}</div>
                        ))}
                        {lastError !== null && (
                          <small class="tone-bad">
                            <OutsideInFull text={lastError} />
                          </small>
                        )}
                      </td>
                      <td class="wide">
                        <Moment at={finishedAt} none="not yet" />
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
        </>
      )}
    </Section>
  );
}
