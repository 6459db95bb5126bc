import * as v from 'valibot';
import type { RawAnswer } from './client';

const accepted = v.object({ received: v.literal(true), queued: v.literal(true), id: v.string() });
const refused = v.object({
  error: v.picklist(['invalid_signature', 'timestamp_expired', 'replay_attack', 'invalid_payload']),
});

export type Verdict = { id: string } | { error: string } | { problem: string };

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** Reads an answer by the contract: 200 for what is stored, 406 for what is refused for good, nothing else. */
export function judge(answer: RawAnswer): Verdict {
  const body = parse(answer.body);
  const asAccepted = v.safeParse(accepted, body);
  if (answer.status === 200 && asAccepted.success) return { id: asAccepted.output.id };
  const asRefused = v.safeParse(refused, body);
  if (answer.status === 406 && asRefused.success) return { error: asRefused.output.error };
  return { problem: `answered ${answer.status} ${answer.body.slice(0, 200)}` };
}
