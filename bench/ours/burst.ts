import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import { askJson } from '../candidates/ask';
import { startSpaceOf } from '../candidates/local-space';
import { processedByUs } from '../candidates/ours';
import { startGenerator } from '../load/generator-process';
import { machineClock } from '../load/plan';
import { makeFolder } from '../measure/folder';
import { quantile } from '../measure/numbers';
import { cpuTime, memoryOf } from '../measure/processes';
import { waitForEffects } from '../measure/run-load';

/** One look at the space while the burst goes on. */
export interface Look {
  /** Seconds since the first event. */
  readonly at: number;
  /** Events that wait for their effects; 1000 stands for more. */
  readonly pending: number;
  readonly memory: number;
}

export interface Burst {
  readonly events: number;
  readonly looks: readonly Look[];
  readonly p50: number;
  readonly p99: number;
  readonly refused: number;
  /** Seconds from the last answer until everything had its effects. */
  readonly secondsUntilDone: number;
  /** Microseconds of CPU time per event. */
  readonly cpu: number;
}

const health = v.object({ health: v.object({ pending: v.number() }) });
const secondsBetweenLooks = 5;

/** Replays an hour's burst at a constant rate and watches queue and memory of the space. */
export async function runBurst(bundle: string, rate: number, minutes: number): Promise<Burst> {
  const events = Math.round(rate * minutes * 60);
  const space = await startSpaceOf({ kind: 'bundle', file: bundle }, makeFolder('burst'), processedByUs);
  const generator = startGenerator();
  const looks: Look[] = [];
  try {
    await generator.prepare({
      url: space.webhook,
      events,
      connections: 32,
      first: 0,
      tagging: 'campaigns',
      rate,
    });
    const cpuBefore = cpuTime(space.pids);
    const began = machineClock();
    const look = async () => {
      const told = await askJson(`${space.url}/api/summary`, { 'x-apikey': space.apiKey });
      looks.push({
        at: (machineClock() - began) / 1000,
        pending: v.parse(health, told).health.pending,
        memory: memoryOf(space.pids).now,
      });
    };
    const sending = { isOver: false };
    const sent = generator.send().finally(() => {
      sending.isOver = true;
    });
    while (!sending.isOver) {
      await Promise.race([sleep(secondsBetweenLooks * 1000), sent]);
      await look();
    }
    const { times, refused } = await sent;
    const answered = machineClock();
    await waitForEffects(space, events);
    const secondsUntilDone = (machineClock() - answered) / 1000;
    await look();
    return {
      events,
      looks,
      p50: quantile(times, 0.5),
      p99: quantile(times, 0.99),
      refused,
      secondsUntilDone,
      cpu: (cpuTime(space.pids) - cpuBefore) / events,
    };
  } finally {
    await generator.stop();
    await space.stop();
  }
}
