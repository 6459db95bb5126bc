import * as v from 'valibot';

/** What the load generator is told to send. */
export const loadPlan = v.object({
  url: v.string(),
  events: v.number(),
  connections: v.number(),
  /** Number of the first event: two loads with other numbers are about other people. */
  first: v.number(),
  tagging: v.picklist(['campaigns', 'one hot tag']),
  /** Events per second, each sent when it is due; without it each connection sends as fast as it is answered. */
  rate: v.optional(v.number()),
});
export type LoadPlan = v.InferOutput<typeof loadPlan>;

/** What the load generator has seen. */
export const loadResult = v.object({
  /** Milliseconds on the clock that all processes of a machine share, see {@link machineClock}. */
  start: v.number(),
  end: v.number(),
  /** Milliseconds of each answer, in the order of the events: from when it was due, or sent if there is no rate. */
  times: v.instance(Float64Array),
  /** Milliseconds after which each event was sent, from when it was due: what the generator itself adds. */
  delays: v.instance(Float64Array),
  /** How often an event was answered 503 and sent again. */
  refused: v.number(),
  /** CPU time that the generator itself has used meanwhile, in microseconds. */
  cpu: v.number(),
});
export type LoadResult = v.InferOutput<typeof loadResult>;

/** Milliseconds since the machine started: the same in every process. */
export function machineClock(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
