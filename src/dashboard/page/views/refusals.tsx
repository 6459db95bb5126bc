import { refusalDays } from '../api/answers';
import { useClient } from '../api/client-context';
import { useAnswer } from '../api/use-answer';
import { counted } from '../format/numbers';
import { Count } from '../parts/amount';
import { Empty, Loading } from '../parts/empty';
import { ExportButton } from '../parts/export-button';
import { Outside } from '../parts/outside';
import { ProblemNote } from '../parts/problem-note';
import { Section } from '../parts/section';
import { TimeChart } from '../parts/time-chart';

const everySeconds = 30;

/** What to make of each reason. */
const meanings: Readonly<Record<string, string>> = {
  invalid_signature: 'Not signed with a signing key of this space: somebody else, or a key that was changed',
  timestamp_expired: 'Signed too long ago: a replay, or MAILGUN_MAX_AGE_SECONDS is too short',
  replay_attack: 'A token that came with other content before',
  invalid_payload: 'No event that can be read; perhaps an inbound route points here',
  foreign_domain: 'Signed by a key that is bound to other domains; Mailgun tries again for about eight hours',
  not_configured: 'No signing key is set; Mailgun tries again for about eight hours',
  unavailable: 'The storage failed or our clock is behind; Mailgun tries again for about eight hours',
};

/** Names of colours in the style sheet, for the most frequent reasons. */
const colors = ['bounced', 'clicked', 'complained', 'delivered', 'opened', 'sent'] as const;

/** Requests that did not get in, by reason and day. */
export function Refusals() {
  const client = useClient();
  const { data, problem, reload } = useAnswer(
    '',
    (signal) => client.ask(refusalDays, ['refusals'], { signal }),
    { everySeconds },
  );
  const days = data?.items ?? [];
  const reasons = [...new Set(days.flatMap((day) => Object.keys(day.reasons)))]
    .map((name) => ({ name, counts: days.map((day) => day.reasons[name] ?? 0) }))
    .map((reason) => ({ ...reason, total: reason.counts.reduce((sum, count) => sum + count, 0) }))
    .filter(({ total }) => total > 0)
    .sort((left, right) => right.total - left.total)
    .map((reason, index) => ({ ...reason, color: colors[index] ?? 'sent' }));
  return (
    <Section
      title="Refused requests"
      hint="the last 14 days"
      actions={reasons.length > 0 && <ExportButton path={['refusals.csv']} name="refusals" />}
    >
      <ProblemNote problem={problem} retry={reload} />
      {data === null ? (
        problem === null && <Loading lines={3} />
      ) : reasons.length === 0 ? (
        <Empty title="No request was refused.">
          Nothing to do: everything that came in was signed, fresh and readable.
        </Empty>
      ) : (
        <div class="columns">
          <div class="panel">
            <TimeChart
              label={`Refused requests by day, ${counted(
                days.reduce((sum, day) => sum + day.total, 0),
                'request',
              )} in ${days.length} days`}
              by="day"
              kind="bars"
              height={190}
              starts={days.map(({ day }) => `${day}T00:00:00.000Z`)}
              series={reasons.map(({ name, counts, color }) => ({ name, color, values: counts }))}
            />
          </div>
          <div class="table-frame">
            <table>
              <caption class="hidden">Refused requests by reason</caption>
              <thead>
                <tr>
                  <th scope="col">Reason</th>
                  <th scope="col" class="number">
                    Requests
                  </th>
                </tr>
              </thead>
              <tbody>
                {reasons.map(({ name, total, color }) => (
                  <tr key={name}>
                    <th scope="row" class="tall">
                      <i class={`dot color-${color}`} /> <Outside text={name} />
                      {Object.hasOwn(meanings, name) && <small class="muted">{meanings[name]}</small>}
                    </th>
                    <td class="number">
                      <Count of={total} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </div>
      )}
    </Section>
  );
}
