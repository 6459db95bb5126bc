import type { MailEvent } from '../api/answers';
import { linkTo } from '../browser/location';
import { EventBadge } from '../parts/event-badge';
import { EventMoment } from '../parts/moment';
import { Outside } from '../parts/outside';
import { Tag } from '../parts/tag';
import { EventDetail } from './event-detail';

interface EventTableProps {
  events: readonly MailEvent[];
  caption: string;
  /** Left out where all are the same person's. */
  withRecipient?: boolean;
  /** Left out where all are the same campaign's. */
  withTags?: boolean;
  /** Events that came while somebody looked. */
  freshKeys?: ReadonlySet<string>;
}

/** Events in lines. */
export function EventTable(props: EventTableProps) {
  const { events, caption, withRecipient = true, withTags = true, freshKeys } = props;
  return (
    <div class="table-frame">
      <table class="lines fixed">
        <caption class="hidden">{caption}</caption>
        <thead>
          <tr>
            <th scope="col" class="time-column">
              Time
            </th>
            <th scope="col" class="event-column">
              Event
            </th>
            {withRecipient && (
              <th scope="col" class="recipient-column">
                Recipient
              </th>
            )}
            <th scope="col" class={withRecipient ? 'wide' : undefined}>
              Detail
            </th>
            {withTags && (
              <th scope="col" class="tag-column wide">
                Tags
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {events.map((event) => (
            <tr key={event.key} class={freshKeys?.has(event.key) ? 'is-fresh' : undefined}>
              <td>
                <EventMoment at={event.occurredAt} />
              </td>
              <th scope="row">
                <a class="line-link" data-line href={linkTo(['events', event.key])}>
                  <EventBadge {...event} />
                </a>
              </th>
              {withRecipient && (
                <td class="cut">
                  <Outside text={event.recipient} />
                </td>
              )}
              <td class={withRecipient ? 'cut wide muted' : 'cut muted'}>
                <EventDetail event={event} />
              </td>
              {withTags && (
                <td class="cut wide">
                  {event.tags.map((tag) => (
                    <Tag key={tag} tag={tag} />
                  ))}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
