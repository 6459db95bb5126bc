import * as v from 'valibot';
import type { Reply } from '../virtual-space/driver';

const acknowledgement = v.object({ status: v.literal(200), body: v.object({ id: v.string() }) });

/** The key of the event that a reply acknowledges, null when it acknowledges none. */
export function acknowledgedKey(reply: Reply): string | null {
  const result = v.safeParse(acknowledgement, reply);
  return result.success ? result.output.body.id : null;
}

/** @throws when the reply acknowledges nothing */
export function keyOf(reply: Reply): string {
  const key = acknowledgedKey(reply);
  if (key === null) throw new Error(`A healthy app did not acknowledge: ${JSON.stringify(reply)}`);
  return key;
}
