import { median, quantile, rounded } from '../measure/numbers';
import type { Measured } from '../measure/run-load';
import type { Connections, Rounds } from './compare';
import type { AtRate } from './rates';

/** One candidate under one number of connections: medians of the rounds. */
export interface Figures {
  answeredPerSecond: number;
  processedPerSecond: number;
  p50: number;
  p99: number;
  p999: number;
  cpuOfAnswer: number;
  cpuOfWhole: number;
  /** Share of one core that the load generator was busy. */
  generatorShare: number;
  refused: number;
}

const ofLoad: Readonly<Record<Exclude<keyof Figures, 'cpuOfAnswer'>, (measured: Measured) => number>> = {
  answeredPerSecond: (measured) => measured.answeredPerSecond,
  processedPerSecond: (measured) => measured.processedPerSecond,
  p50: ({ times }) => quantile(times, 0.5),
  p99: ({ times }) => quantile(times, 0.99),
  p999: ({ times }) => quantile(times, 0.999),
  cpuOfWhole: (measured) => measured.cpuUntilProcessed,
  generatorShare: (measured) => measured.generatorShare,
  refused: (measured) => measured.refused,
};

/** One figure of every round. */
export function perRound(rounds: Rounds, connections: Connections, name: keyof Figures): number[] {
  if (name === 'cpuOfAnswer') return rounds.cpuOfAnswer;
  return rounds.byConnections[connections].map(ofLoad[name]);
}

export function figuresOf(rounds: Rounds, connections: Connections): Figures {
  const figure = (name: keyof Figures) => median(perRound(rounds, connections, name));
  return {
    answeredPerSecond: figure('answeredPerSecond'),
    processedPerSecond: figure('processedPerSecond'),
    p50: figure('p50'),
    p99: figure('p99'),
    p999: figure('p999'),
    cpuOfAnswer: figure('cpuOfAnswer'),
    cpuOfWhole: figure('cpuOfWhole'),
    generatorShare: figure('generatorShare'),
    refused: figure('refused'),
  };
}

/** How a figure of one candidate relates to another's: the median of the ratios of each round. */
export function ratio(
  one: Rounds,
  other: Rounds,
  name: keyof Figures,
  connections: Connections = 32,
): number {
  const others = perRound(other, connections, name);
  return median(
    perRound(one, connections, name).map((value, round) => value / (others[round] ?? Number.NaN)),
  );
}

/** The table of all candidates at 32 connections. */
export function mainTable(all: readonly Rounds[]): Record<string, Record<string, number>> {
  return Object.fromEntries(
    all.map((rounds) => {
      const figures = figuresOf(rounds, 32);
      return [
        rounds.candidate.name,
        {
          'answered/s': rounded(figures.answeredPerSecond),
          'p50 ms': rounded(figures.p50),
          'p99 ms': rounded(figures.p99),
          'p99.9 ms': rounded(figures.p999),
          'processed/s': rounded(figures.processedPerSecond),
          'CPU us answer': rounded(figures.cpuOfAnswer),
          'CPU us whole': rounded(figures.cpuOfWhole),
          'peak MB': rounded(rounds.peakMemory / 1e6),
          'disk B/event': rounded(rounds.bytesPerEvent),
          '503s': figures.refused,
          'generator busy': rounded(figures.generatorShare),
        },
      ];
    }),
  );
}

/** The table under other numbers of connections. */
export function connectionsTable(all: readonly Rounds[]): Record<string, Record<string, number>> {
  return Object.fromEntries(
    all.map((rounds) => [
      rounds.candidate.name,
      Object.fromEntries(
        ([1, 256] as const).flatMap((connections) => {
          const figures = figuresOf(rounds, connections);
          return [
            [`${connections}: answered/s`, rounded(figures.answeredPerSecond)],
            [`${connections}: p50 ms`, rounded(figures.p50)],
            [`${connections}: p99 ms`, rounded(figures.p99)],
            [`${connections}: p99.9 ms`, rounded(figures.p999)],
            [`${connections}: processed/s`, rounded(figures.processedPerSecond)],
          ];
        }),
      ),
    ]),
  );
}

/** The table of answers and effects at constant rates. */
export function ratesTable(results: readonly AtRate[]): Record<string, Record<string, number>> {
  return Object.fromEntries(
    results.map(({ candidate, rate, answers, effects, delays, refused }) => [
      `${candidate.name}, ${rate}/s`,
      {
        'answer p50 ms': rounded(quantile(answers, 0.5)),
        'answer p99 ms': rounded(quantile(answers, 0.99)),
        'effects p50 ms': rounded(quantile(effects, 0.5)),
        'effects p99 ms': rounded(quantile(effects, 0.99)),
        'sent late p99 ms': rounded(quantile(delays, 0.99)),
        '503s': refused,
      },
    ]),
  );
}
