import { useState } from 'preact/hooks';
import { campaigns, subscribers } from '../api/answers';
import { useClient } from '../api/client-context';
import { changeQuery } from '../browser/location';
import { classifications } from '../format/classifications';
import { WholeValueField } from '../parts/whole-value-field';

/** What events can be chosen by; the same names in the address of the page and in the API. */
export const filterNames = [
  'recipient',
  'event',
  'tag',
  'classification',
  'domain',
  'messageId',
  'variable',
  'from',
  'to',
] as const;

/** Those that are not in sight until they are asked for or used. */
const moreNames = filterNames.slice(3);

/** Shows all events again. */
export function clearFilters(): void {
  changeQuery(Object.fromEntries(filterNames.map((name) => [name, null])));
}

/** Values that are offered while somebody types. */
const maxOffered = '8';

/** Mailgun's types of events that are offered to choose from. */
export const eventTypes = [
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
  const client = useClient();
  const [isAsked, setAsked] = useState(false);
  const isUsed = moreNames.some((name) => query[name]);
  const isOpen = isAsked || isUsed;
  return (
    <search class="filters">
      <WholeValueField
        label="Recipient"
        value={query.recipient ?? ''}
        onChoose={(recipient) => changeQuery({ recipient })}
        suggest={async (search, signal) =>
          (
            await client.ask(subscribers, ['subscribers'], { query: { search, limit: maxOffered }, signal })
          ).items.map(({ email }) => email)
        }
        isMain
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
      <WholeValueField
        label="Tag"
        value={query.tag ?? ''}
        onChoose={(tag) => changeQuery({ tag })}
        suggest={async (search, signal) =>
          (
            await client.ask(campaigns, ['campaigns'], { query: { search, limit: maxOffered }, signal })
          ).items.map(({ tag }) => tag)
        }
      />
      {!isUsed && (
        <button type="button" class="button" aria-expanded={isOpen} onClick={() => setAsked(!isAsked)}>
          {isOpen ? 'Fewer filters' : 'More filters'}
        </button>
      )}
      {filterNames.some((name) => query[name]) && (
        <button type="button" class="link" onClick={clearFilters}>
          Clear
        </button>
      )}
      {isOpen && (
        <div class="filters more-filters">
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
          <WholeValueField
            label="Sending domain"
            value={query.domain ?? ''}
            onChoose={(domain) => changeQuery({ domain })}
          />
          <WholeValueField
            label="Message ID"
            value={query.messageId ?? ''}
            onChoose={(messageId) => changeQuery({ messageId })}
          />
          <WholeValueField
            label="Variable, such as order_id:1234"
            value={query.variable ?? ''}
            onChoose={(variable) => changeQuery({ variable })}
          />
          <span class="own-range">
            <input
              type="date"
              aria-label="First day"
              value={query.from ?? ''}
              onChange={({ currentTarget }) => changeQuery({ from: currentTarget.value })}
            />
            –
            <input
              type="date"
              aria-label="Last day"
              value={query.to ?? ''}
              onChange={({ currentTarget }) => changeQuery({ to: currentTarget.value })}
            />
          </span>
        </div>
      )}
    </search>
  );
}
