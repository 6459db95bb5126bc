import { campaigns, summary, timeline } from '../api/answers';
import { useClient } from '../api/client-context';
import { useAnswer } from '../api/use-answer';
import { changeQuery, linkTo } from '../browser/location';
import { dayMs, dayName } from '../format/times';
import { Empty, Loading } from '../parts/empty';
import { ExportButton } from '../parts/export-button';
import { PageHead } from '../parts/page-head';
import { ProblemNote } from '../parts/problem-note';
import { Section } from '../parts/section';
import { ActivityChart } from './activity-chart';
import { BesideNumbers } from './beside-numbers';
import { CampaignTable } from './campaign-table';
import { Failures } from './failures';
import { fillDays } from './fill-days';
import { FirstSteps } from './first-steps';
import { HealthLine } from './health-line';
import { Metrics, shownBy, toggled } from './metrics';
import { RangePicker } from './range-picker';
import { RateTable } from './rate-table';
import { readRange } from './time-range';

const everySeconds = 15;
/** Days up to which hours can be told apart in the chart. */
const hourlyDays = 2;

/** All mail: is it arriving, and does anything need somebody. */
export function OverviewView({ query }: { query: Readonly<Record<string, string>> }) {
  const client = useClient();
  const days = readRange(query);
  const { from, to } = days;
  const domain = query.domain || null;
  const shown = shownBy(query.show);
  const isHourly = from !== null && (Date.parse(to) - Date.parse(from)) / dayMs < hourlyDays;
  const question = JSON.stringify([from, to, domain]);

  const all = useAnswer(
    question,
    (signal) => client.ask(summary, ['summary'], { query: { from, to: from && to, domain }, signal }),
    { everySeconds },
  );
  const hours = useAnswer(
    isHourly ? question : null,
    (signal) => client.ask(timeline, ['timeline'], { query: { by: 'hour', from, to, domain }, signal }),
    { everySeconds },
  );
  const latest = useAnswer(
    '',
    (signal) => client.ask(campaigns, ['campaigns'], { query: { limit: '6' }, signal }),
    { everySeconds },
  );
  const { data } = all;
  const spans = isHourly
    ? (hours.data?.items ?? [])
        .filter(({ start }) => Date.parse(start) <= Date.now())
        .map((item) => ({ start: item.start, counts: item }))
    : fillDays(data?.days ?? {}, from, to);

  return (
    <>
      <PageHead title="Overview">
        {data !== null && (data.domains.length > 1 || domain !== null) && (
          <select
            aria-label="Sending domain"
            value={domain ?? ''}
            onChange={({ currentTarget }) => changeQuery({ domain: currentTarget.value })}
          >
            <option value="">All domains</option>
            {domain !== null && !data.domains.some((each) => each.domain === domain) && (
              <option value={domain}>{domain}</option>
            )}
            {data.domains.map((each) => (
              <option key={each.domain} value={each.domain}>
                {each.domain}
              </option>
            ))}
          </select>
        )}
        <RangePicker {...days} />
        <ExportButton
          path={['timeline.csv']}
          query={{ by: 'day', from, to: from && to, domain }}
          name="mail-by-day"
        />
      </PageHead>
      <ProblemNote problem={all.problem ?? hours.problem} retry={all.reload} />
      {data === null ? (
        all.problem === null && <Loading lines={8} />
      ) : (
        <div class={all.isStale ? 'is-stale' : undefined}>
          <HealthLine health={data.health} refused={data.refusedToday} />
          {data.firstEventAt === null && domain === null ? (
            <FirstSteps />
          ) : (
            <>
              <div class="panel">
                <Metrics
                  totals={data.totals}
                  rates={data.rates}
                  change={data.change}
                  shown={shown}
                  onToggle={(counter) => changeQuery({ show: toggled(shown, counter).join(',') })}
                />
                <ActivityChart by={isHourly ? 'hour' : 'day'} spans={spans} shown={shown} />
                <BesideNumbers totals={data.totals} rates={data.rates} />
              </div>
              <Section
                title="Latest campaigns"
                actions={
                  <a class="button" href={linkTo(['campaigns'])}>
                    All campaigns
                  </a>
                }
              >
                <ProblemNote problem={latest.problem} retry={latest.reload} />
                {latest.data?.items.length === 0 ? (
                  <Empty title="No message had a tag yet.">
                    Give your messages a tag (<code>o:tag</code>) and each tag becomes a campaign here.
                  </Empty>
                ) : (
                  latest.data !== null && (
                    <CampaignTable campaigns={latest.data.items} caption="Latest campaigns" />
                  )
                )}
              </Section>
              <Failures from={from} to={to} domain={domain} />
              <div class="columns">
                {domain === null && (
                  <Section
                    title="Mailbox providers"
                    hint={from === null ? undefined : `since ${dayName(from)}`}
                  >
                    {data.providers.length === 0 ? (
                      <Empty title="Nothing in these days.">Choose more days above.</Empty>
                    ) : (
                      <RateTable
                        caption="Rates by mailbox provider"
                        subject="Provider"
                        hasBars
                        lines={data.providers.map(({ provider, ...rest }) => ({ name: provider, ...rest }))}
                      />
                    )}
                  </Section>
                )}
                {data.domains.length > 0 && (
                  <Section
                    title="Sending domains"
                    hint={from === null ? undefined : `since ${dayName(from)}`}
                  >
                    <RateTable
                      caption="Rates by sending domain"
                      subject="Domain"
                      lines={data.domains.map(({ domain: name, ...rest }) => ({
                        name,
                        href: linkTo([], { ...query, domain: name }),
                        ...rest,
                      }))}
                    />
                  </Section>
                )}
              </div>
            </>
          )}
        </div>
      )}
    </>
  );
}
