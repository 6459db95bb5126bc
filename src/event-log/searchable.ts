import * as v from 'valibot';
import type { MailgunEvent } from '../events/event';
import { searchableVariables } from '../events/search-variables';
import { readSearchSettings } from '../settings/settings';
import type { Connection } from '../store/connection';
import { mapWithLimit } from '../store/map-with-limit';
import { eventLog } from './stored-event';

/** Names of the variables that events can be found by. None while the setting is wrong: it must keep no event out. */
export function searchableNames(): readonly string[] {
  const result = readSearchSettings();
  return 'settings' in result ? result.settings.searchableVariables : [];
}

/** What an event can be found by as the setting is now. */
export function variablesOf({ userVariables }: Pick<MailgunEvent, 'userVariables'>): string[] {
  return searchableVariables(userVariables, searchableNames());
}

const searched = v.object({
  _id: v.string(),
  userVariables: v.optional(v.nullable(v.string()), null),
  variables: v.optional(v.array(v.string()), []),
});

/**
 * Events that cannot be found by what the setting lists now, as those that came before it.
 * @param start and end ISO times, the end exclusive
 */
export async function wronglySearchable(connection: Connection, start: string, end: string) {
  if (searchableNames().length === 0) return [];
  const wrong: Array<{ key: string; variables: string[] }> = [];
  await eventLog.visit(connection, { occurredAt: { $gte: start, $lt: end } }, searched, (event) => {
    const expected = variablesOf(event);
    if (expected.join('\n') !== event.variables.join('\n'))
      wrong.push({ key: event._id, variables: expected });
  });
  return wrong;
}

/** Lets events be found by their variables. */
export async function makeSearchable(
  connection: Connection,
  events: ReadonlyArray<{ key: string; variables: string[] }>,
): Promise<void> {
  await mapWithLimit(events, ({ key, variables }) =>
    eventLog.update(connection, key, { $set: { variables } }),
  );
}
