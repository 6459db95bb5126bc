import type { Campaign } from '../api/answers';
import { changeQuery, linkTo } from '../browser/location';
import { dayName } from '../format/times';
import { Count, Share } from '../parts/amount';
import { JudgedShare } from '../parts/judged-share';
import { Moment } from '../parts/moment';
import { Outside } from '../parts/outside';
import { Sparkline } from '../parts/sparkline';

const columns = [
  ['tag', 'Campaign', 'text'],
  [null, 'Last 14 days', 'text wide'],
  ['accepted', 'Sent', 'number wide'],
  ['delivered', 'Delivered', 'number'],
  ['complaints', 'Complaint', 'number'],
  ['delivery', 'Delivery', 'number'],
  ['uniqueOpen', 'Open', 'number'],
  ['uniqueClick', 'Click', 'number wide'],
  ['bounce', 'Bounce', 'number wide'],
  ['unsubscribes', 'Unsubscribes', 'number wide'],
  ['lastEventAt', 'Last event', 'number wide'],
] as const;

/** The next order after a click on a heading: names from A, numbers from the largest. */
function nextSort(sort: string, field: string): string {
  if (sort === `-${field}`) return field;
  if (sort === field) return `-${field}`;
  return field === 'tag' ? field : `-${field}`;
}

function ariaSort(sort: string, field: string): 'ascending' | 'descending' | 'none' {
  return sort === field ? 'ascending' : sort === `-${field}` ? 'descending' : 'none';
}

function HeadCell({
  field,
  name,
  kind,
  sort,
}: {
  field: string | null;
  name: string;
  kind: string;
  sort: string | null;
}) {
  if (field === null || sort === null) {
    return (
      <th scope="col" class={kind}>
        {name}
      </th>
    );
  }
  const order = ariaSort(sort, field);
  return (
    <th scope="col" class={kind} aria-sort={order}>
      <button type="button" class="sort" onClick={() => changeQuery({ sort: nextSort(sort, field) })}>
        {name}
        <span aria-hidden="true">{order === 'none' ? '' : order === 'ascending' ? ' ↑' : ' ↓'}</span>
      </button>
    </th>
  );
}

interface CampaignTableProps {
  campaigns: readonly Campaign[];
  caption: string;
  /** The present order, where it can be changed. */
  sort?: string;
}

/** Campaigns side by side. */
export function CampaignTable({ campaigns, caption, sort }: CampaignTableProps) {
  return (
    <div class="table-frame">
      <table class="lines">
        <caption class="hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map(([field, name, kind]) => (
              <HeadCell key={name} field={field} name={name} kind={kind} sort={sort ?? null} />
            ))}
          </tr>
        </thead>
        <tbody>
          {campaigns.map((campaign) => (
            <CampaignLine key={campaign.tag} campaign={campaign} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function CampaignLine({ campaign }: { campaign: Campaign }) {
  const { tag, rates, trend, delivered } = campaign;
  const [first, last] = [trend[0]?.day, trend.at(-1)?.day];
  return (
    <tr>
      <th scope="row" class="cut">
        <a class="line-link" data-line href={linkTo(['campaigns', tag])}>
          <Outside text={tag} />
        </a>
      </th>
      <td class="wide">
        {first !== undefined && last !== undefined && (
          <Sparkline
            values={trend.map((day) => day.delivered)}
            label={`Delivered from ${dayName(first)} to ${dayName(last)}`}
          />
        )}
      </td>
      <td class="number wide">
        <Count of={campaign.accepted} />
      </td>
      <td class="number">
        <Count of={delivered} />
      </td>
      <td class="number">
        <JudgedShare
          rule="complaints"
          totals={campaign}
          of={rates.complaint}
          part={campaign.complaints}
          whole={delivered}
        />
      </td>
      <td class="number">
        <JudgedShare
          rule="delivery"
          totals={campaign}
          of={rates.delivery}
          part={delivered}
          whole={campaign.sent}
        />
      </td>
      <td class="number">
        <Share of={rates.uniqueOpen} part={campaign.uniqueOpens} whole={delivered} />
      </td>
      <td class="number wide">
        <Share of={rates.uniqueClick} part={campaign.uniqueClicks} whole={delivered} />
      </td>
      <td class="number wide">
        <JudgedShare
          rule="hard-bounces"
          totals={campaign}
          of={rates.bounce}
          part={campaign.bounced}
          whole={campaign.processed}
        />
      </td>
      <td class="number wide">
        <Count of={campaign.unsubscribes} />
      </td>
      <td class="number wide">
        <Moment at={campaign.lastEventAt} />
      </td>
    </tr>
  );
}
