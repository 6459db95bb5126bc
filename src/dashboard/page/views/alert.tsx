import { type AlertStep, alertWithSteps } from '../api/alert-answers';
import { useClient } from '../api/client-context';
import { useAnswer } from '../api/use-answer';
import { linkTo } from '../browser/location';
import { exactCount } from '../format/numbers';
import { Empty, Loading } from '../parts/empty';
import { Facts } from '../parts/facts';
import { LevelBadge } from '../parts/level-mark';
import { ExactMoment, Moment } from '../parts/moment';
import { Outside, OutsideInFull } from '../parts/outside';
import { PageHead } from '../parts/page-head';
import { ProblemNote } from '../parts/problem-note';
import { Section } from '../parts/section';
import { AlertActions } from './alert-actions';

const everySeconds = 15;

/** What each step is called. */
const names: Readonly<Record<string, string>> = {
  opened: 'Opened',
  rose: 'Got worse',
  repeated: 'Still open',
  resolved: 'Over',
  acknowledged: 'Acknowledged',
  muted: 'Muted',
};

function toldOf({ noticeKey, publishedAt }: AlertStep): string {
  if (noticeKey === null) return 'nobody';
  return publishedAt === null ? 'in a moment' : 'yes';
}

/** One alert with everything that has happened to it. */
export function AlertView({ id }: { id: string }) {
  const client = useClient();
  const { data, problem, reload } = useAnswer(
    id,
    (signal) => client.ask(alertWithSteps, ['alerts', id], { signal }),
    { everySeconds },
  );
  return (
    <>
      <PageHead title={data?.title ?? 'Alert'} back={{ href: linkTo(['alerts']), name: 'Alerts' }}>
        {data?.state === 'open' && <AlertActions alert={data} onChange={reload} />}
      </PageHead>
      {problem?.status === 404 ? (
        <Empty title="There is no such alert.">
          <a href={linkTo(['alerts'])}>All alerts</a>.
        </Empty>
      ) : (
        <ProblemNote problem={problem} retry={reload} />
      )}
      {data === null ? (
        problem === null && <Loading lines={6} />
      ) : (
        <>
          <Facts
            of={[
              ['About', <Outside text={data.about} />],
              ['Level', <LevelBadge level={data.level} />],
              ['Reads', `${data.reads} (${exactCount(data.count)} of ${exactCount(data.volume)})`],
              [
                'Details',
                data.details.length === 0 ? null : <OutsideInFull text={data.details.join('; ')} />,
              ],
              ['Opened', <Moment at={data.openedAt} />],
              ['Over', data.resolvedAt === null ? null : <Moment at={data.resolvedAt} />],
              ['Muted until', data.mutedUntil === null ? null : <Moment at={data.mutedUntil} />],
            ]}
          />
          <Section title="What has happened">
            <div class="table-frame">
              <table>
                <caption class="hidden">Steps of the alert</caption>
                <thead>
                  <tr>
                    <th scope="col">When</th>
                    <th scope="col">What</th>
                    <th scope="col" class="wide">
                      Level
                    </th>
                    <th scope="col">Told</th>
                    <th scope="col">Word</th>
                  </tr>
                </thead>
                <tbody>
                  {data.steps.map((step, index) => (
                    <tr key={step.number}>
                      <td>
                        <ExactMoment at={step.at} after={data.steps[index - 1]?.at} />
                      </td>
                      <th scope="row">{names[step.kind] ?? step.kind}</th>
                      <td class="wide">
                        <LevelBadge level={step.level} />
                      </td>
                      <td>{toldOf(step)}</td>
                      <td>
                        {step.by !== null && (
                          <>
                            <Outside text={step.by} />{' '}
                          </>
                        )}
                        {step.word !== null && <OutsideInFull text={step.word} />}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          </Section>
        </>
      )}
    </>
  );
}
