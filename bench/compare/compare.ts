import type { Candidate, RunningCandidate } from '../candidates/candidate';
import { type Generator, startGenerator } from '../load/generator-process';
import { bytesIn } from '../measure/disk';
import { makeFolder } from '../measure/folder';
import { memoryOf } from '../measure/processes';
import { type Measured, runLoad } from '../measure/run-load';

export interface CompareOptions {
  /** Events of one load over 32 connections. */
  readonly events: number;
  readonly rounds: number;
}

/** Connections of a load, with the share of the usual number of events that it sends. */
const loads = [
  { connections: 32, share: 1 },
  { connections: 1, share: 0.08 },
  { connections: 256, share: 0.35 },
] as const;
export type Connections = (typeof loads)[number]['connections'];

/** Events that nobody measures: the first thousands run code that is not optimised yet. */
const warmUpShare = 0.25;

/** What the rounds have shown of one candidate. */
export interface Rounds {
  readonly candidate: Candidate;
  readonly byConnections: Readonly<Record<Connections, Measured[]>>;
  /** Microseconds of CPU time per event with the worker left out. */
  readonly cpuOfAnswer: number[];
  peakMemory: number;
  bytesPerEvent: number;
}

interface Entry {
  readonly rounds: Rounds;
  readonly running: RunningCandidate;
  sent: number;
}

/** The number of the next event: every event of a run is another one. */
let next = 0;

async function measure(
  generator: Generator,
  { rounds, running }: Pick<Entry, 'rounds' | 'running'>,
  load: { readonly events: number; readonly connections: number },
  answersOnly: boolean,
): Promise<Measured> {
  const events = Math.max(100, Math.round(load.events * rounds.candidate.scale));
  const first = next;
  next += events;
  return runLoad(
    generator,
    running,
    { events, connections: load.connections, first, tagging: 'campaigns' },
    { answersOnly },
  );
}

/** Candidates in another order each round, so that none always follows the same one. */
function turned<Item>(items: readonly Item[], by: number): Item[] {
  const at = by % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
}

/**
 * Measures candidates in turn, round after round, all in one run: while one is measured the others have nothing to do.
 * @param tell is told what has been measured, for the impatient
 */
export async function compare(
  candidates: readonly Candidate[],
  { events, rounds }: CompareOptions,
  tell: (line: string) => void,
): Promise<Rounds[]> {
  const generator = startGenerator();
  const entries: Entry[] = [];
  try {
    for (const candidate of candidates) {
      const running = await candidate.start(makeFolder(candidate.name), 'whole');
      const entry: Entry = {
        rounds: {
          candidate,
          byConnections: { 32: [], 1: [], 256: [] },
          cpuOfAnswer: [],
          peakMemory: 0,
          bytesPerEvent: 0,
        },
        running,
        sent: 0,
      };
      entries.push(entry);
      const warm = await measure(generator, entry, { events: events * warmUpShare, connections: 32 }, false);
      entry.sent += warm.events;
    }
    for (let round = 0; round < rounds; round += 1) {
      for (const { connections, share } of loads) {
        for (const entry of turned(entries, round)) {
          const measured = await measure(generator, entry, { events: events * share, connections }, false);
          entry.sent += measured.events;
          entry.rounds.byConnections[connections].push(measured);
          tell(
            `round ${round + 1}, ${connections} connections, ${entry.rounds.candidate.name}: ` +
              `${Math.round(measured.answeredPerSecond)} answered/s, ` +
              `${Math.round(measured.processedPerSecond)} processed/s, ` +
              `${Math.round(measured.cpuUntilProcessed)} us, ${measured.refused} x 503`,
          );
        }
      }
    }
    for (const entry of entries) {
      entry.rounds.peakMemory = memoryOf(entry.running.pids).peak;
      await entry.running.stop();
      entry.rounds.bytesPerEvent = bytesIn(entry.running.directory) / entry.sent;
    }
    await measureAnswers(generator, entries, { events: events / 2, rounds });
  } finally {
    for (const { running } of entries) await running.stop();
    await generator.stop();
  }
  return entries.map((entry) => entry.rounds);
}

/** CPU time of the answers alone: the candidates again, without their workers. */
async function measureAnswers(
  generator: Generator,
  entries: readonly Entry[],
  { events, rounds }: CompareOptions,
): Promise<void> {
  const alone: Array<Pick<Entry, 'rounds' | 'running'>> = [];
  try {
    for (const { rounds: own } of entries) {
      const running = await own.candidate.start(makeFolder(own.candidate.name), 'answers');
      const entry = { rounds: own, running };
      alone.push(entry);
      await measure(generator, entry, { events: events * 2 * warmUpShare, connections: 32 }, true);
    }
    for (let round = 0; round < rounds; round += 1) {
      for (const entry of turned(alone, round)) {
        const measured = await measure(generator, entry, { events, connections: 32 }, true);
        entry.rounds.cpuOfAnswer.push(measured.cpuUntilAnswered);
      }
    }
  } finally {
    for (const { running } of alone) await running.stop();
  }
}
