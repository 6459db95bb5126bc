import { parseArgs } from 'node:util';
import { CannotRun } from '../cannot-run';

export const usage = `Copies every event of a space into files, in the order in which it was stored, and goes on where the last run ended.

  npm run export -- --to FOLDER [--format ndjson|parquet] [--original] [--url URL] [--api-key KEY]

  --to FOLDER        where the files go: FOLDER/day=2026-11-24/CURSOR.ndjson.gz, by the UTC day of the event
  --format FORMAT    ndjson (compressed by gzip) or parquet; a folder keeps the format of its first run
  --original         with the untouched original of each event as "raw"
  --url URL          base of the space, such as https://PROJECT.api.codehooks.io/dev; else SPACE_URL
  --api-key KEY      API key of the space; else SPACE_API_KEY

It can be stopped at any moment and run again: no event is left out and none is there twice.
Exit code: 0 done, 2 could not go on (what is there is whole; run it again).
`;

export const formats = ['ndjson', 'parquet'] as const;
export type Format = (typeof formats)[number];

export interface Arguments {
  readonly to: string;
  readonly format: Format;
  readonly withOriginal: boolean;
  readonly url: string | undefined;
  readonly apiKey: string | undefined;
}

const options = {
  to: { type: 'string' },
  format: { type: 'string', default: 'ndjson' },
  original: { type: 'boolean', default: false },
  url: { type: 'string' },
  'api-key': { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

/** Reads the command line. @throws CannotRun with a sentence that says what is wrong */
export function readArguments(commandLine: readonly string[]): Arguments | 'help' {
  let values: ReturnType<typeof parseArgs<{ options: typeof options }>>['values'];
  try {
    ({ values } = parseArgs({ args: [...commandLine], options }));
  } catch (error) {
    throw new CannotRun(`${error instanceof Error ? error.message : String(error)}. --help tells more.`);
  }
  if (values.help) return 'help';
  const format = formats.find((one) => one === values.format);
  if (format === undefined) throw new CannotRun(`--format is one of ${formats.join(', ')}.`);
  if (!values.to) throw new CannotRun('Say where the files go: --to FOLDER.');
  return {
    to: values.to,
    format,
    withOriginal: values.original === true,
    url: values.url,
    apiKey: values['api-key'],
  };
}
