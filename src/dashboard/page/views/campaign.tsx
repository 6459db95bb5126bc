import { campaignWithDays, events, timeline } from '../api/answers';
import { useClient } from '../api/client-context';
import { useAnswer } from '../api/use-answer';
import { changeQuery, linkBackTo, linkTo } from '../browser/location';
import { percent } from '../format/numbers';
import { dayMs } from '../format/times';
import { Count } from '../parts/amount';
import { Empty, Loading } from '../parts/empty';
import { ExportButton } from '../parts/export-button';
import { Facts } from '../parts/facts';
import { Moment } from '../parts/moment';
import { Outside } from '../parts/outside';
import { PageHead } from '../parts/page-head';
import { ProblemNote } from '../parts/problem-note';
import { Section } from '../parts/section';
import { Segments } from '../parts/segments';
import { ActivityChart } from './activity-chart';
import { BesideNumbers } from './beside-numbers';
import { EventTable } from './event-table';
import { fillDays } from './fill-days';
import { Funnel } from './funnel';
import { Metrics, shownBy, toggled } from './metrics';
import { PeopleAndBots } from './people-and-bots';

const everySeconds = 15;
const hourMs = 3_600_000;
/** Hours that the API tells apart in one answer. */
const maxHours = 168;
/** A campaign of fewer days is shown by hours unless asked otherwise. */
const fewDays = 4;

/** The hours of a campaign, from its first event on. */
function hoursOf(firstEventAt: string, lastEventAt: string): { from: string; to: string } {
  const first = Math.floor(Date.parse(firstEventAt) / hourMs) * hourMs;
  const last = Math.ceil((Date.parse(lastEventAt) + 1) / hourMs) * hourMs;
  return {
    from: new Date(first).toISOString(),
    to: new Date(Math.min(last, first + maxHours * hourMs)).toISOString(),
  };
}

/** One campaign: what became of its messages. */
export function CampaignView({ tag, query }: { tag: string; query: Readonly<Record<string, string>> }) {
  const client = useClient();
  const shown = shownBy(query.show);
  const { data, problem, reload } = useAnswer(
    tag,
    (signal) => client.ask(campaignWithDays, ['campaigns', tag], { signal }),
    { everySeconds },
  );
  const { firstEventAt = null, lastEventAt = null } = data ?? {};
  const isKnown = firstEventAt !== null && lastEventAt !== null;
  const isShort = isKnown && Date.parse(lastEventAt) - Date.parse(firstEventAt) < fewDays * dayMs;
  const by = query.by === 'hour' || query.by === 'day' ? query.by : isShort ? 'hour' : 'day';
  const span = isKnown ? hoursOf(firstEventAt, lastEventAt) : null;
  const hours = useAnswer(
    by === 'hour' && span !== null ? `${tag} ${span.from} ${span.to}` : null,
    (signal) => client.ask(timeline, ['timeline'], { query: { by: 'hour', tag, ...span }, signal }),
    { everySeconds },
  );
  const latest = useAnswer(
    tag,
    (signal) => client.ask(events, ['events'], { query: { tag, limit: '8' }, signal }),
    { everySeconds },
  );
  const spans =
    by === 'day'
      ? fillDays(data?.days ?? {})
      : (hours.data?.items ?? []).map((item) => ({ start: item.start, counts: item }));

  return (
    <>
      <PageHead
        title={tag}
        heading={<Outside text={tag} />}
        back={{ href: linkBackTo('campaigns'), name: 'Campaigns' }}
      >
        <ExportButton
          path={['timeline.csv']}
          query={{ by, tag, ...(by === 'hour' ? span : { from: firstEventAt?.slice(0, 10) ?? null }) }}
          name={`campaign-by-${by}`}
        />
      </PageHead>
      {problem?.status === 404 ? (
        <Empty title="No event has this tag.">
          A campaign appears a few seconds after its first event.{' '}
          <a href={linkTo(['campaigns'])}>All campaigns</a>.
        </Empty>
      ) : (
        <ProblemNote problem={problem ?? hours.problem} retry={reload} />
      )}
      {data === null ? (
        problem === null && <Loading lines={8} />
      ) : (
        <>
          <p class="muted lead">
            First event <Moment at={data.firstEventAt} />, last <Moment at={data.lastEventAt} />
          </p>
          <div class="columns is-first">
            <Section title="Funnel" hint="people, each once">
              <Funnel counts={data} rates={data.rates} />
            </Section>
            <Section title="People and bots" hint="who opened and clicked">
              <PeopleAndBots counts={data} />
              <Facts
                areShort
                of={[
                  ['Click-to-open', percent(data.rates.clickToOpen)],
                  ['Deferred', <Count of={data.temporaryFailures} />],
                  ['Suppressed', <Count of={data.suppressedFailures} />],
                  ['Rejected', <Count of={data.rejected} />],
                ]}
              />
            </Section>
          </div>
          <Section
            title="Over time"
            actions={
              <Segments
                label="Steps of the chart"
                options={[
                  ['hour', 'Hours'],
                  ['day', 'Days'],
                ]}
                value={by}
                onChoose={(chosen) => changeQuery({ by: chosen })}
              />
            }
          >
            <div class="panel">
              <Metrics
                totals={data}
                rates={data.rates}
                shown={shown}
                onToggle={(counter) => changeQuery({ show: toggled(shown, counter).join(',') })}
              />
              <ActivityChart by={by} spans={spans} shown={shown} />
              <BesideNumbers totals={data} rates={data.rates} />
            </div>
          </Section>
          <Section
            title="Latest events"
            actions={
              <a class="button" href={linkTo(['events'], { tag })}>
                All events
              </a>
            }
          >
            <ProblemNote problem={latest.problem} retry={latest.reload} />
            {latest.data === null ? (
              latest.problem === null && <Loading lines={4} />
            ) : (
              <EventTable
                events={latest.data.items}
                caption="Latest events of the campaign"
                withTags={false}
              />
            )}
          </Section>
        </>
      )}
    </>
  );
}
