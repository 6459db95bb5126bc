import { type Alert, alerts } from '../api/alert-answers';
import { useClient } from '../api/client-context';
import { useList } from '../api/use-list';
import { linkTo } from '../browser/location';
import { Empty, Loading } from '../parts/empty';
import { ExportButton } from '../parts/export-button';
import { LoadMore } from '../parts/load-more';
import { PageHead } from '../parts/page-head';
import { ProblemNote } from '../parts/problem-note';
import { Section } from '../parts/section';
import { AlertRules } from './alert-rules';
import { AlertTable } from './alert-table';

const everySeconds = 15;

function useAlerts(state: 'open' | 'all') {
  const client = useClient();
  return useList<Alert>(
    state,
    (cursor, signal) =>
      client.ask(alerts, ['alerts'], { query: { state, cursor }, ...(signal && { signal }) }),
    ({ id }) => id,
    // What is over must leave the list of open ones: that one begins anew each time.
    state === 'open' ? {} : { everySeconds },
  );
}

/** What needs somebody, what did, and by which rules. */
export function AlertsView() {
  const open = useAlerts('open');
  const all = useAlerts('all');
  const reload = () => {
    open.reload();
    all.reload();
  };
  const over = (all.items ?? []).filter(({ state }) => state === 'resolved');
  return (
    <>
      <PageHead title="Alerts">
        <a class="button" href={linkTo(['destinations'])}>
          Destinations
        </a>
        <ExportButton path={['alerts.csv']} query={{ state: 'all' }} name="alerts" />
      </PageHead>
      <Section title="Open alerts">
        <ProblemNote problem={open.problem} retry={open.reload} />
        {open.items === null ? (
          open.problem === null && <Loading lines={2} />
        ) : open.items.length === 0 ? (
          <Empty title="No alert is open.">Nothing to do: no rule below fires.</Empty>
        ) : (
          <>
            <AlertTable alerts={open.items} caption="Open alerts" onChange={reload} />
            <LoadMore list={open} name="open alerts" />
          </>
        )}
      </Section>
      <Section title="History" hint="what is over">
        <ProblemNote problem={all.problem} retry={all.reload} />
        {all.items === null ? (
          all.problem === null && <Loading lines={2} />
        ) : over.length === 0 ? (
          <Empty title="No alert is over yet.">What was open stands here with all that has happened.</Empty>
        ) : (
          <AlertTable alerts={over} caption="Alerts that are over" />
        )}
        <LoadMore list={all} name="alerts" />
      </Section>
      <AlertRules />
    </>
  );
}
