import type { Change } from '../suppressions/change';
import type { Notice } from './notice';

/** What a change of a suppression is chosen by. */
export function describeChange({ suppression: { domain, scope } }: Change) {
  return {
    kind: 'suppression.changed' as const,
    ...(domain !== null && { domain }),
    ...(scope.startsWith('tag:') && { tags: [scope.slice('tag:'.length)] }),
  };
}

const line = (name: string, value: string | null) =>
  value === null || value === '' ? [] : [`${name}: ${value}`];

/** A change of a suppression as a notice: the data is what the feed shows of it. */
export function noticeOfChange(change: Change): Notice {
  const { id, at, kind, email, suppression, by, why } = change;
  return {
    ...describeChange(change),
    key: `suppression:${id}`,
    name: kind,
    occurredAt: at,
    title: `suppression ${kind} (${suppression.list}): ${email ?? 'an erased person'}`,
    text: [
      ...line('Address', email),
      ...line('List', suppression.list),
      ...line('Domain', suppression.domain ?? 'all'),
      ...line('Scope', suppression.scope),
      ...line('Since', suppression.since),
      ...line('Detail', suppression.detail),
      ...line('By', by),
      ...line('Why', why),
    ].join('\n'),
    ...(email !== null && { orderKey: email }),
    data: change,
  };
}
