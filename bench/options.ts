import { parseArgs } from 'node:util';

/** What can be measured, each by its name; without a name the candidates are compared, also at constant rates. */
export const parts = ['compare', 'rates', 'calls', 'size', 'cold', 'recount', 'reads', 'stored'] as const;
export type Part = (typeof parts)[number];
/** A part that concerns this app alone. */
export type OwnPart = Exclude<Part, 'compare' | 'rates'>;

export interface BenchOptions {
  readonly parts: readonly Part[];
  readonly rounds: number;
  readonly events: number;
  /** Parts of names of candidates; empty for all. */
  readonly only: readonly string[];
  /** The file for the tables, if they are to be kept. */
  readonly markdown: string | undefined;
  readonly stored: number;
  /** How long each constant rate lasts. */
  readonly seconds: number;
}

export const usage = `Usage: npm run bench -- [part ...] [--all] [options]

Parts: compare and rates (without a name), calls, size, cold, recount, reads, stored

  --all            every part
  --rounds N       rounds of which the medians are shown (3)
  --events N       events of one load over 32 connections (12000)
  --only NAMES     candidates whose names contain one of these, separated by commas: --only "by hand,bundle"
  --markdown FILE  writes all tables to a file, as RESULTS.md shows them
  --stored N       events in the filled space of the part "stored" (1000000)
  --seconds N      how long each rate of the part "rates" lasts (30)`;

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
      markdown: { type: 'string' },
      stored: { type: 'string', default: '1000000' },
      seconds: { type: 'string', default: '30' },
    },
  });
  if (values.help) return 'help';
  const unknown = positionals.find((name) => !parts.some((part) => part === name));
  if (unknown !== undefined)
    throw new Error(`There is no part "${unknown}"; the parts are ${parts.join(', ')}.`);
  const named = parts.filter((part) => values.all || positionals.includes(part));
  return {
    parts: named.length === 0 ? ['compare', 'rates'] : named,
    rounds: Math.ceil(positive('rounds', values.rounds)),
    events: positive('events', values.events),
    only: values.only.split(',').flatMap((name) => (name.trim() === '' ? [] : [name.trim()])),
    markdown: values.markdown,
    stored: positive('stored', values.stored),
    seconds: positive('seconds', values.seconds),
  };
}
