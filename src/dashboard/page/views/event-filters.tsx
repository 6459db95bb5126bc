import { SearchField } from '../parts/search-field';
import { changeQuery } from '../shell/location';
import { classifications } from './event-detail';

/** What events can be chosen by; the same names in the address of the page and in the API. */
export const filterNames = [
  'recipient',
  'event',
  'tag',
  'classification',
  'domain',
  'messageId',
  'from',
  'to',
] as const;

const eventTypes = [
  'accepted',
  'delivered',
  'opened',
  'clicked',
  'failed',
  'unsubscribed',
  'complained',
  'rejected',
  'stored',
];

/** Chooses which events are shown. */
export function EventFilters({ query }: { query: Readonly<Record<string, string>> }) {
  const [moreNames, isMoreUsed] = [filterNames.slice(3), filterNames.slice(3).some((name) => query[name])];
  const used = moreNames.filter((name) => query[name]).length;
  return (
    <search class="filters">
      <SearchField
        label="Recipient"
        value={query.recipient ?? ''}
        onSearch={(recipient) => changeQuery({ recipient })}
      />
      <select
        aria-label="Type of event"
        value={query.event ?? ''}
        onChange={({ currentTarget }) => changeQuery({ event: currentTarget.value })}
      >
        <option value="">All types</option>
        {query.event && !eventTypes.includes(query.event) && (
          <option value={query.event}>{query.event}</option>
        )}
        {eventTypes.map((type) => (
          <option key={type} value={type}>
            {type}
          </option>
        ))}
      </select>
      <SearchField
        label="Tag"
        value={query.tag ?? ''}
        onSearch={(tag) => changeQuery({ tag })}
        isMain={false}
      />
      <details class="more-filters" open={isMoreUsed}>
        <summary class="button">More filters{used > 0 ? ` (${used})` : ''}</summary>
        <div class="filters">
          <select
            aria-label="What a failure means"
            value={query.classification ?? ''}
            onChange={({ currentTarget }) => changeQuery({ classification: currentTarget.value })}
          >
            <option value="">All failures</option>
            {Object.entries(classifications).map(([name, words]) => (
              <option key={name} value={name}>
                {words}
              </option>
            ))}
          </select>
          <SearchField
            label="Sending domain"
            value={query.domain ?? ''}
            onSearch={(domain) => changeQuery({ domain })}
            isMain={false}
          />
          <SearchField
            label="Message ID"
            value={query.messageId ?? ''}
            onSearch={(messageId) => changeQuery({ messageId })}
            isMain={false}
          />
          <label class="inline">
            From
            <input
              type="date"
              value={query.from ?? ''}
              onChange={({ currentTarget }) => changeQuery({ from: currentTarget.value })}
            />
          </label>
          <label class="inline">
            to
            <input
              type="date"
              value={query.to ?? ''}
              onChange={({ currentTarget }) => changeQuery({ to: currentTarget.value })}
            />
          </label>
        </div>
      </details>
    </search>
  );
}
