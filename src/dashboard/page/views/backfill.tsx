import { type Backfill as BackfillAnswer, backfill } from '../api/answers';
import { useClient } from '../api/client-context';
import { useAnswer } from '../api/use-answer';
import { useNow } from '../browser/now';
import { counted } from '../format/numbers';
import { dayMs, dayOf, daysBetween } from '../format/times';
import { Count } from '../parts/amount';
import { Empty, Loading } from '../parts/empty';
import { Moment } from '../parts/moment';
import { Outside, OutsideInFull } from '../parts/outside';
import { ProblemNote } from '../parts/problem-note';
import { Section } from '../parts/section';
import { TimeChart } from '../parts/time-chart';

const everySeconds = 30;
/** Days of the chart. */
const shownDays = 14;
/** A domain that was not compared for so long is behind: runs come every few minutes. */
const behindMs = dayMs / 4;

type Domain = BackfillAnswer['items'][number];

function totalOf(missed: Readonly<Record<string, number>>): number {
  return Object.values(missed).reduce((sum, count) => sum + count, 0);
}

/** How far Mailgun's own record was compared with ours, and what the webhooks missed. */
export function Backfill() {
  const client = useClient();
  const { data, problem, reload } = useAnswer(
    '',
    (signal) => client.ask(backfill, ['backfill'], { signal }),
    { everySeconds },
  );
  return (
    <Section title="Back-fill" hint="what Mailgun knows and no webhook told">
      <ProblemNote problem={problem} retry={reload} />
      {data === null ? (
        problem === null && <Loading lines={2} />
      ) : (
        <>
          {data.problem !== null && (
            <p class="note tone-bad">
              <OutsideInFull text={data.problem} />
            </p>
          )}
          {!data.configured ? (
            <Empty title="Back-fill is not set up.">
              Webhooks that got lost are found only by asking Mailgun: set <code>MAILGUN_API_KEY</code>.
            </Empty>
          ) : data.items.length === 0 ? (
            <Empty title="Nothing was compared yet.">
              The first run comes by itself within minutes and compares every sending domain of the account.
            </Empty>
          ) : (
            <div class="columns">
              <Missed missed={data.missed} />
              <Domains domains={data.items} />
            </div>
          )}
        </>
      )}
    </Section>
  );
}

/** Events that came only by comparing, by their day. */
function Missed({ missed }: { missed: Readonly<Record<string, number>> }) {
  const today = dayOf(Date.now());
  const days = daysBetween(dayOf(Date.now() - (shownDays - 1) * dayMs), today);
  const values = days.map((day) => missed[day] ?? 0);
  const total = values.reduce((sum, count) => sum + count, 0);
  if (total === 0) {
    return (
      <Empty title="The webhooks missed nothing.">
        In the last {shownDays} days every event that was compared had come by webhook.
      </Empty>
    );
  }
  return (
    <div class="panel">
      <TimeChart
        label={`Events that no webhook brought, by day, ${counted(total, 'event')} in ${shownDays} days`}
        by="day"
        kind="bars"
        height={190}
        starts={days.map((day) => `${day}T00:00:00.000Z`)}
        series={[{ name: 'Missed by webhooks', color: 'clicked', values }]}
      />
    </div>
  );
}

function Domains({ domains }: { domains: readonly Domain[] }) {
  const now = useNow();
  return (
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
            <th scope="col" class="number">
              Missed
            </th>
          </tr>
        </thead>
        <tbody>
          {domains.map(({ domain, checkedUntil, lastRunAt, lastError, missed }) => (
            <tr key={domain}>
              <th scope="row" class="tall">
                <Outside text={domain} />
                {lastError !== null && (
                  <small class="tone-bad">
                    <OutsideInFull text={lastError} />
                  </small>
                )}
              </th>
              <td
                class={checkedUntil !== null && now - Date.parse(checkedUntil) > behindMs ? 'tone-bad' : ''}
              >
                <Moment at={checkedUntil} none="not yet" />
              </td>
              <td class="wide">
                <Moment at={lastRunAt} none="not yet" />
              </td>
              <td class="number">
                <Count of={totalOf(missed)} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
