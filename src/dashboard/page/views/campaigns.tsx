import { campaigns } from '../api/answers';
import { useClient } from '../api/client-context';
import { useList } from '../api/use-list';
import { changeQuery } from '../browser/location';
import { Empty, Loading } from '../parts/empty';
import { ExportButton } from '../parts/export-button';
import { LoadMore } from '../parts/load-more';
import { PageHead } from '../parts/page-head';
import { ProblemNote } from '../parts/problem-note';
import { SearchField } from '../parts/search-field';
import { CampaignTable } from './campaign-table';

const everySeconds = 15;
const usualSort = '-lastEventAt';

/** All campaigns, one per tag. */
export function CampaignsView({ query }: { query: Readonly<Record<string, string>> }) {
  const client = useClient();
  const { sort = usualSort, search = '' } = query;
  const list = useList(
    JSON.stringify([sort, search]),
    (cursor, signal) =>
      client.ask(campaigns, ['campaigns'], { query: { sort, search, cursor }, ...(signal && { signal }) }),
    ({ tag }) => tag,
    { everySeconds },
  );
  return (
    <>
      <PageHead title="Campaigns">
        <SearchField
          label="Tag begins with"
          value={search}
          onSearch={(text) => changeQuery({ search: text })}
        />
        <ExportButton path={['campaigns.csv']} query={{ sort, search }} name="campaigns" />
      </PageHead>
      <ProblemNote problem={list.problem} retry={list.reload} />
      {list.items === null ? (
        list.problem === null && <Loading />
      ) : list.items.length > 0 ? (
        <div class={list.isStale ? 'is-stale' : undefined}>
          <CampaignTable campaigns={list.items} caption="Campaigns" sort={sort} />
          <LoadMore list={list} name="campaigns" />
        </div>
      ) : search === '' ? (
        <Empty title="No message had a tag yet.">
          Give your messages a tag (<code>o:tag</code> in Mailgun’s API, <code>X-Mailgun-Tag</code> by SMTP)
          and each tag becomes a campaign here.
        </Empty>
      ) : (
        <Empty title="No tag begins like this.">
          <button type="button" class="link" onClick={() => changeQuery({ search: null })}>
            Show all campaigns
          </button>
        </Empty>
      )}
    </>
  );
}
