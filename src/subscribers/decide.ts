import { eventsOf } from '../event-log/event-log';
import type { Connection } from '../store/connection';
import { suppressionsBy } from '../suppressions/evidence';
import { publishSoon } from '../suppressions/feed';
import { addDecision } from '../suppressions/fold';
import { evidenceOfLists } from '../suppressions/list-entries';
import type { Decision, Suppression } from '../suppressions/suppression';
import { concernsSubscriber } from './apply-event';
import { withPause } from './pause';
import { changeSubscriber, findSubscriber, type StoredSubscriber } from './subscribers';

/** What speaks against an address and happened after a moment: events of the log and entries of Mailgun's lists. */
async function evidenceAfter(connection: Connection, email: string, at: string): Promise<Suppression[]> {
  const events = (await eventsOf(connection, email, { after: at })).filter(concernsSubscriber);
  return [
    ...events.flatMap((event) => suppressionsBy(event, event.source)),
    ...(await evidenceOfLists(connection, email)),
  ];
}

/**
 * Applies a decision about an address. What a lift takes away no longer counts, also when it comes in later;
 * what happened after it counts as before.
 * @returns what is known of the address now
 */
export async function decide(
  connection: Connection,
  email: string,
  decision: Decision,
): Promise<StoredSubscriber | null> {
  const unpublished = await changeSubscriber(
    connection,
    email,
    // Read at each try: an event that others have applied meanwhile must not be taken away.
    async (before) => {
      const evidence = decision.kind === 'lift' ? await evidenceAfter(connection, email, decision.at) : [];
      return withPause(connection, addDecision(before, decision, evidence));
    },
    { by: decision.by, why: decision.why },
  );
  if (unpublished > 0) await publishSoon(connection);
  return findSubscriber(connection, email);
}
