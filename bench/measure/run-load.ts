import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningCandidate } from '../candidates/candidate';
import type { Generator } from '../load/generator-process';
import { type LoadPlan, machineClock } from '../load/plan';
import { cpuTime } from './processes';

/** What one load on one candidate has shown. */
export interface Measured {
  readonly events: number;
  readonly answeredPerSecond: number;
  /** From the first request until all effects are visible. */
  readonly processedPerSecond: number;
  /** Microseconds of CPU time per event of all its processes, until the last answer. */
  readonly cpuUntilAnswered: number;
  /** The same until all effects are visible. */
  readonly cpuUntilProcessed: number;
  /** Answers 503, after which the event was sent again. */
  readonly refused: number;
  /** Milliseconds of every answer. */
  readonly times: Float64Array;
  /** Microseconds of CPU time per event of the load generator. */
  readonly generatorCpu: number;
  /** Share of one core that the generator was busy while it sent. */
  readonly generatorShare: number;
}

/** Rarely enough that answering takes no part of the figures. */
const pollMilliseconds = 200;
const longestWait = 300_000;

/** Waits until a candidate has given every event its effects, asking no more often than it must. */
export async function waitForEffects(candidate: RunningCandidate, expected: number): Promise<void> {
  const start = machineClock();
  for (let processed = await candidate.processed(); processed < expected; ) {
    if (machineClock() - start > longestWait)
      throw new Error(`Only ${processed} of ${expected} events have their effects after five minutes.`);
    await sleep(pollMilliseconds);
    processed = await candidate.processed();
  }
}

/** Sends a load and waits for all of its effects; with `answersOnly` for its answers. */
export async function runLoad(
  generator: Generator,
  candidate: RunningCandidate,
  plan: Omit<LoadPlan, 'url'>,
  { answersOnly }: { answersOnly: boolean },
): Promise<Measured> {
  const { events } = plan;
  await generator.prepare({ ...plan, url: candidate.webhook });
  const processedBefore = answersOnly ? 0 : await candidate.processed();
  const cpuBefore = cpuTime(candidate.pids);
  const sent = await generator.send();
  const cpuAnswered = cpuTime(candidate.pids) - cpuBefore;
  if (!answersOnly) await waitForEffects(candidate, processedBefore + events);
  const end = machineClock();
  return {
    events,
    answeredPerSecond: (events * 1000) / (sent.end - sent.start),
    processedPerSecond: (events * 1000) / (end - sent.start),
    cpuUntilAnswered: cpuAnswered / events,
    cpuUntilProcessed: (cpuTime(candidate.pids) - cpuBefore) / events,
    refused: sent.refused,
    times: sent.times,
    generatorCpu: sent.cpu / events,
    generatorShare: sent.cpu / 1000 / (sent.end - sent.start),
  };
}
