import * as v from 'valibot';
import type { Manifest } from './manifest';

const optionsSchema = v.object({
  workers: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 1),
  timeout: v.optional(v.pipe(v.number(), v.minValue(1)), 30_000),
});

/** How many jobs of a topic run at once, and how long one may take, in milliseconds. */
export type WorkerOptions = v.InferOutput<typeof optionsSchema>;

/** The options of `app.worker(name, function, options)`, which codehooks-js keeps among the settings. */
export function workerOptions({ settings }: Manifest, topic: string): WorkerOptions {
  const parsed = v.safeParse(optionsSchema, settings[`queue_worker:${topic}`] ?? {});
  return parsed.success ? parsed.output : { workers: 1, timeout: 30_000 };
}
