import { parseArgs } from 'node:util';

/** What can be measured, each by its name; without a name the candidates are compared. */
export const parts = ['compare', 'calls', 'size', 'cold', 'recount', 'reads', 'stored', 'burst'] as const;
export type Part = (typeof parts)[number];

export interface BenchOptions {
  readonly parts: readonly Part[];
  readonly rounds: number;
  readonly events: number;
  /** Parts of names of candidates; empty for all. */
  readonly only: readonly string[];
  readonly json: string | undefined;
  readonly stored: number;
  readonly rate: number;
  readonly minutes: number;
}

export const usage = `Usage: npm run bench -- [part ...] [--all] [options]

Parts: compare (without a name), calls, size, cold, recount, reads, stored, burst

  --all          every part
  --rounds N     rounds of which the medians are shown (3)
  --events N     events of one load over 32 connections (12000)
  --only NAMES   candidates whose names contain one of these, separated by commas: --only "by hand,bundle"
  --json FILE    writes everything that was measured to a file
  --stored N     events in the filled space of the part "stored" (1000000)
  --rate N       events per second of the part "burst" (600)
  --minutes N    how long it lasts (3)`;

function positive(name: string, text: string): number {
  const number = Number(text);
  if (!(number > 0)) throw new Error(`--${name} takes a number above zero, not "${text}".`);
  return number;
}

/** @throws Error with a sentence about what is wrong */
export function readOptions(args: readonly string[]): BenchOptions | 'help' {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      all: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
      rounds: { type: 'string', default: '3' },
      events: { type: 'string', default: '12000' },
      only: { type: 'string', default: '' },
      json: { type: 'string' },
      stored: { type: 'string', default: '1000000' },
      rate: { type: 'string', default: '600' },
      minutes: { type: 'string', default: '3' },
    },
  });
  if (values.help) return 'help';
  const unknown = positionals.find((name) => !parts.some((part) => part === name));
  if (unknown !== undefined)
    throw new Error(`There is no part "${unknown}"; the parts are ${parts.join(', ')}.`);
  const named = parts.filter((part) => values.all || positionals.includes(part));
  return {
    parts: named.length === 0 ? ['compare'] : named,
    rounds: Math.ceil(positive('rounds', values.rounds)),
    events: positive('events', values.events),
    only: values.only.split(',').flatMap((name) => (name.trim() === '' ? [] : [name.trim()])),
    json: values.json,
    stored: positive('stored', values.stored),
    rate: positive('rate', values.rate),
    minutes: positive('minutes', values.minutes),
  };
}
