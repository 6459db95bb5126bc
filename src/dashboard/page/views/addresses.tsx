import { type Status, type Subscriber, statuses, subscribers } from '../api/answers';
import { useClient } from '../api/client-context';
import { useList } from '../api/use-list';
import { changeQuery, linkTo } from '../browser/location';
import { Empty, Loading } from '../parts/empty';
import { ExportButton } from '../parts/export-button';
import { LoadMore } from '../parts/load-more';
import { Moment } from '../parts/moment';
import { Outside } from '../parts/outside';
import { PageHead } from '../parts/page-head';
import { ProblemNote } from '../parts/problem-note';
import { SearchField } from '../parts/search-field';
import { Segments } from '../parts/segments';
import { StatusBadge } from '../parts/status-badge';
import { reasonOf, sinceOf } from './address-state';

const everySeconds = 15;

const options = [['', 'All'], ...statuses.map((status) => [status, capital(status)] as const)] as const;

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** Mailgun's lists, by the status that puts an address on them. */
const listOf: Partial<Record<Status, string>> = {
  bounced: 'bounces',
  unsubscribed: 'unsubscribes',
  complained: 'complaints',
};

/** All addresses, found while somebody types. */
export function AddressesView({ query }: { query: Readonly<Record<string, string>> }) {
  const client = useClient();
  const search = query.search ?? '';
  const status = statuses.find((name) => name === query.status);
  const list = useList(
    JSON.stringify([search, status]),
    (cursor, signal) =>
      client.ask(subscribers, ['subscribers'], {
        query: { search, status, cursor },
        ...(signal && { signal }),
      }),
    ({ email }) => email,
    { everySeconds },
  );
  const mailgunList = status === undefined ? undefined : listOf[status];
  return (
    <>
      <PageHead title="Addresses">
        <SearchField
          label="Address begins with"
          value={search}
          onSearch={(text) => changeQuery({ search: text })}
        />
        <Segments
          label="State"
          options={options}
          value={status ?? ''}
          onChoose={(chosen) => changeQuery({ status: chosen })}
        />
        <ExportButton path={['subscribers.csv']} query={{ search, status }} name="addresses" />
        {mailgunList !== undefined && (
          <ExportButton path={['suppressions.csv']} query={{ list: mailgunList }} name={mailgunList}>
            For Mailgun’s import
          </ExportButton>
        )}
      </PageHead>
      <ProblemNote problem={list.problem} retry={list.reload} />
      {list.items === null ? (
        list.problem === null && <Loading />
      ) : list.items.length > 0 ? (
        <div class={list.isStale ? 'is-stale' : undefined}>
          <AddressTable addresses={list.items} />
          <LoadMore list={list} name="addresses" />
        </div>
      ) : search !== '' || status !== undefined ? (
        <Empty title={search === '' ? `No address is ${status}.` : 'No address begins like this.'}>
          An address appears with its first event; one that never got a mail may be written to.{' '}
          <button type="button" class="link" onClick={() => changeQuery({ search: null, status: null })}>
            Show all addresses
          </button>
        </Empty>
      ) : (
        <Empty title="No address yet.">
          Addresses appear as soon as events about them come in: <a href={linkTo([])}>the overview</a> tells
          how.
        </Empty>
      )}
    </>
  );
}

function AddressTable({ addresses }: { addresses: readonly Subscriber[] }) {
  return (
    <div class="table-frame">
      <table class="lines fixed">
        <caption class="hidden">Addresses</caption>
        <thead>
          <tr>
            <th scope="col">Address</th>
            <th scope="col" class="status-column">
              State
            </th>
            <th scope="col" class="wide">
              Why
            </th>
            <th scope="col" class="time-column wide">
              Since
            </th>
            <th scope="col" class="time-column wide">
              Delivered
            </th>
            <th scope="col" class="time-column wide">
              Opened
            </th>
            <th scope="col" class="time-column">
              Last event
            </th>
          </tr>
        </thead>
        <tbody>
          {addresses.map((address) => (
            <tr key={address.email}>
              <th scope="row" class="cut">
                <a class="line-link" data-line href={linkTo(['addresses', address.email])}>
                  <Outside text={address.email} />
                </a>
              </th>
              <td>
                <StatusBadge status={address.status} />
              </td>
              <td class="cut wide muted">
                <Outside text={reasonOf(address)} none="" />
              </td>
              <td class="wide">
                <Moment at={sinceOf(address)} none="" />
              </td>
              <td class="wide">
                <Moment at={address.lastDeliveredAt} />
              </td>
              <td class="wide">
                <Moment at={address.lastOpenedAt} />
              </td>
              <td>
                <Moment at={address.lastEventAt} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
