import * as v from 'valibot';
import type { Answer } from '../../http-client';

/** What the webhook's answer means to Mailgun. */
export type Outcome =
  | { readonly kind: 'stored'; readonly duplicate: boolean }
  /** 406: Mailgun gives up. */
  | { readonly kind: 'refused'; readonly code: string }
  /** Anything else: Mailgun tries again later. */
  | { readonly kind: 'try-again'; readonly reason: string };

const storedAnswer = v.object({
  received: v.literal(true),
  queued: v.literal(true),
  id: v.pipe(v.string(), v.nonEmpty()),
  duplicate: v.optional(v.boolean()),
});
const errorAnswer = v.object({ error: v.string() });

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Reads the answer by the contract of `POST /mailgun/events`: 200, 406 or anything else. */
export function readAnswer({ status, text }: Answer): Outcome {
  const body = parseJson(text);
  if (status === 200) {
    const stored = v.safeParse(storedAnswer, body);
    if (stored.success) return { kind: 'stored', duplicate: stored.output.duplicate === true };
    return { kind: 'try-again', reason: '200 without the words of a stored event' };
  }
  const error = v.safeParse(errorAnswer, body);
  const code = error.success ? error.output.error : 'no_error_code';
  return status === 406 ? { kind: 'refused', code } : { kind: 'try-again', reason: `${status} ${code}` };
}
