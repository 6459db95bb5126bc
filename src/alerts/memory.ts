import * as v from 'valibot';
import { Collection } from '../store/collection';
import { compareAndSet, type RevisedDocument } from '../store/compare-and-set';
import type { Connection } from '../store/connection';

/** How many requests with a wrong signature a day had at a moment. */
const sample = v.object({ at: v.number(), day: v.string(), count: v.number() });
export type RefusalSample = v.InferOutput<typeof sample>;

const hit = v.object({ name: v.string(), detail: v.string() });
/** A threshold that is set at Mailgun and was hit. */
export type KnownHit = v.InferOutput<typeof hit>;

const memory = v.object({
  _id: v.string(),
  /** Of `refusals`, the oldest first. */
  samples: v.optional(v.array(sample), []),
  /** Of `hits`: when Mailgun was asked last, milliseconds since 1970, and what it said. */
  askedAt: v.optional(v.number(), 0),
  hits: v.optional(v.array(hit), []),
});
export type Memory = v.InferOutput<typeof memory>;
type MemoryName = 'refusals' | 'hits';

const parse = (document: unknown) => v.parse(memory, document);

/** What a check must know of the checks before it. */
const memories = new Collection<RevisedDocument & Memory, Memory>('alert_memory', parse, [], 'plain');

export async function readMemory(connection: Connection, name: MemoryName): Promise<Memory> {
  return (await memories.find(connection, name)) ?? parse({ _id: name });
}

/** Changes what is remembered; `change` returns null when it is as it must be. */
export async function remember(
  connection: Connection,
  name: MemoryName,
  change: (known: Memory) => Partial<Omit<Memory, '_id'>> | null,
): Promise<void> {
  await compareAndSet(connection, memories, {
    id: name,
    identity: {},
    parse,
    decide: (stored) => change(stored ?? parse({ _id: name })),
  });
}
