import { setTimeout as sleep } from 'node:timers/promises';
import type { Candidate, RunningCandidate } from '../candidates/candidate';
import { type Generator, startGenerator } from '../load/generator-process';
import { type LoadResult, machineClock } from '../load/plan';
import { makeFolder } from '../measure/folder';
import { runLoad } from '../measure/run-load';

/** Events a second. */
const rates = [100, 600, 1500] as const;
const warmUp = { events: 3000, connections: 32, first: 0, tagging: 'campaigns' } as const;

/** Milliseconds between two looks at the effects: what the time until they are visible is exact to. */
const betweenLooks = 100;
const longestWait = 300_000;

/** What was processed, at a time of {@link machineClock}. */
export interface Look {
  readonly at: number;
  readonly processed: number;
}

/** What one candidate has shown at one rate. */
export interface AtRate {
  readonly candidate: Candidate;
  readonly rate: number;
  /** Milliseconds until each answer. */
  readonly answers: Float64Array;
  /** Milliseconds until the effects of each event could be read. */
  readonly effects: Float64Array;
  /** Milliseconds that the generator was late with each event; both of the others contain them. */
  readonly delays: Float64Array;
  /** Answers 503, after which the event was sent again. */
  readonly refused: number;
}

/** Looks again and again until all effects can be read. */
async function watchEffects(running: RunningCandidate, expected: number): Promise<Look[]> {
  const looks: Look[] = [];
  const end = machineClock() + longestWait;
  for (let processed = 0; processed < expected; ) {
    processed = await running.processed();
    const at = machineClock();
    looks.push({ at, processed });
    if (at > end) throw new Error(`Only ${processed} of ${expected} events have their effects.`);
    await sleep(betweenLooks);
  }
  return looks;
}

/** Times from when each event was due until the first look that counts it, if they are processed in order. */
function timesUntilVisible(looks: readonly Look[], before: number, start: number, rate: number): number[] {
  const times: number[] = [];
  for (const { at, processed } of looks)
    while (times.length < processed - before) times.push(at - start - (times.length * 1000) / rate);
  return times;
}

async function measureAtRate(
  generator: Generator,
  running: RunningCandidate,
  load: { readonly events: number; readonly first: number; readonly rate: number },
): Promise<LoadResult & { readonly effects: Float64Array }> {
  await generator.prepare({ ...load, url: running.webhook, connections: 32, tagging: 'campaigns' });
  const before = await running.processed();
  const [sent, looks] = await Promise.all([generator.send(), watchEffects(running, before + load.events)]);
  return { ...sent, effects: Float64Array.from(timesUntilVisible(looks, before, sent.start, load.rate)) };
}

/** Sends events when they are due, whether or not those before are answered, to one candidate after the other. */
export async function measureAtRates(candidates: readonly Candidate[], seconds: number): Promise<AtRate[]> {
  const generator = startGenerator();
  const entries: Array<{ candidate: Candidate; running: RunningCandidate }> = [];
  const results: AtRate[] = [];
  try {
    for (const candidate of candidates) {
      const running = await candidate.start(makeFolder(candidate.name), 'whole');
      entries.push({ candidate, running });
      await runLoad(generator, running, warmUp, { answersOnly: false });
    }
    let first: number = warmUp.events;
    for (const rate of rates) {
      const events = Math.max(1, Math.round(rate * seconds));
      for (const { candidate, running } of entries) {
        const { times, effects, delays, refused } = await measureAtRate(generator, running, {
          events,
          first,
          rate,
        });
        results.push({ candidate, rate, answers: times, effects, delays, refused });
      }
      first += events;
    }
    return results;
  } finally {
    for (const { running } of entries) await running.stop();
    await generator.stop();
  }
}
