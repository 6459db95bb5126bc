import { useState } from 'preact/hooks';
import { events } from '../api/answers';
import { useClient } from '../api/client-context';
import { useList } from '../api/use-list';
import { linkTo } from '../browser/location';
import { Empty, Loading } from '../parts/empty';
import { ExportButton } from '../parts/export-button';
import { Icon } from '../parts/icons';
import { LoadMore } from '../parts/load-more';
import { PageHead } from '../parts/page-head';
import { ProblemNote } from '../parts/problem-note';
import { clearFilters, EventFilters, filterNames } from './event-filters';
import { EventTable } from './event-table';
import { useArrivals } from './use-arrivals';

const everySeconds = 2.5;

/** The event log, as it fills. */
export function EventsView({ query }: { query: Readonly<Record<string, string>> }) {
  const client = useClient();
  const [isPaused, setPaused] = useState(false);
  const filter = Object.fromEntries(filterNames.map((name) => [name, query[name] ?? null]));
  const question = JSON.stringify(filter);
  const list = useList(
    question,
    (cursor, signal) =>
      client.ask(events, ['events'], { query: { ...filter, cursor }, ...(signal && { signal }) }),
    ({ key }) => key,
    { everySeconds, isPaused },
  );
  const isFiltered = Object.values(filter).some(Boolean);
  const freshKeys = useArrivals(
    question,
    list.isStale || list.items === null ? null : list.items.map(({ key }) => key),
  );

  return (
    <>
      <PageHead title="Events">
        <span class={isPaused ? 'live is-paused' : list.problem === null ? 'live' : 'live is-broken'}>
          <i class="dot" />
          {isPaused ? 'Paused' : list.problem === null ? 'Live' : 'Not connected'}
        </span>
        <button type="button" class="button" aria-pressed={isPaused} onClick={() => setPaused(!isPaused)}>
          <Icon name={isPaused ? 'play' : 'pause'} />
          {isPaused ? 'Go on' : 'Pause'}
        </button>
        <ExportButton path={['events.csv']} query={filter} name="events" />
      </PageHead>
      <EventFilters query={query} />
      <ProblemNote problem={list.problem} retry={list.reload} />
      {list.items === null ? (
        list.problem === null && <Loading lines={12} />
      ) : list.items.length > 0 ? (
        <div class={list.isStale ? 'is-stale' : undefined}>
          <EventTable events={list.items} caption="Events" freshKeys={freshKeys} />
          <LoadMore list={list} name="events" />
        </div>
      ) : isFiltered ? (
        <Empty title="No event fits these filters.">
          Recipient, tag, domain, message ID and variable are looked up as a whole.{' '}
          <button type="button" class="link" onClick={clearFilters}>
            Show all events
          </button>
        </Empty>
      ) : (
        <Empty title="No event yet.">
          The next webhook appears here by itself. <a href={linkTo([])}>The overview</a> tells how to set one
          up.
        </Empty>
      )}
    </>
  );
}
