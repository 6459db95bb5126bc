import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import type { Walk } from '../../src/mailgun-client/circle';
import { CannotRun } from '../cannot-run';
import { runCommand } from '../command';
import { findSpace } from '../find-space';
import { followCursor } from '../follow-cursor';
import { connectSpace, type SpaceClient } from '../space-client';
import { type Arguments, readArguments, usage } from './arguments';
import { pull } from './pull';

const exitCodes = { done: 0, notAll: 1 } as const;

const difference = v.object({
  email: v.string(),
  list: v.string(),
  domain: v.string(),
  scope: v.string(),
  side: v.picklist(['here', 'mailgun']),
});
const differences = v.object({ items: v.array(difference), next: v.nullable(v.string()) });

async function diff(space: SpaceClient): Promise<boolean> {
  let count = 0;
  let walk: Walk | null = null;
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query: string = cursor === '' ? '' : `?cursor=${encodeURIComponent(cursor)}`;
    const read: v.InferOutput<typeof differences> = await space.ask(
      differences,
      'GET',
      `suppressions/differences${query}`,
    );
    for (const { email, list, domain, scope, side } of read.items)
      console.log(
        `${side === 'here' ? 'only here:      ' : 'only at Mailgun:'} ${email} ${list} ${domain} ${scope}`,
      );
    count += read.items.length;
    cursor = read.next;
    if (cursor !== null) walk = followCursor(walk, cursor);
  }
  console.log(count === 0 ? 'Both sides hold the same.' : `${count} differences.`);
  return count === 0;
}

const verdicts = v.object({
  items: v.array(
    v.object({
      given: v.string(),
      reason: v.string(),
      since: v.nullable(v.string()),
      doubtful: v.boolean(),
      scopes: v.array(v.object({ id: v.string() })),
    }),
  ),
  free: v.array(v.string()),
  invalid: v.array(v.object({ given: v.string(), detail: v.string() })),
});

async function check(space: SpaceClient, { operands, fields }: Arguments): Promise<boolean> {
  const { domain, tag, mailingList } = fields;
  const mail = {
    ...(domain !== undefined && { domain }),
    ...(tag !== undefined && { tags: [tag] }),
    ...(mailingList !== undefined && { list: mailingList }),
  };
  const read = await space.ask(verdicts, 'POST', 'suppressions/check', { addresses: operands, ...mail });
  for (const { given, reason, since, doubtful, scopes } of read.items)
    console.log(
      `${given}: ${reason}${doubtful ? ', doubtful' : ''} since ${since ?? 'an unknown time'} (${scopes.map(({ id }) => id).join(', ')})`,
    );
  for (const given of read.free) console.log(`${given}: free`);
  for (const { given, detail } of read.invalid) console.log(`${given}: ${detail}`);
  return read.items.length === 0 && read.invalid.length === 0;
}

const decided = v.object({
  subscriber: v.object({ status: v.string(), suppressions: v.array(v.object({ id: v.string() })) }),
  mailgun: v.nullable(v.object({ detail: v.string() })),
});

async function decide(
  space: SpaceClient,
  { command, operands, mailgun, fields }: Arguments,
): Promise<boolean> {
  for (const email of operands) {
    const { subscriber, mailgun: told } =
      command === 'add'
        ? await space.ask(decided, 'POST', 'suppressions', { email, mailgun, ...fields })
        : await space.ask(decided, 'POST', `suppressions/${encodeURIComponent(email)}/lift`, fields);
    const held = subscriber.suppressions.map(({ id }) => id).join(', ');
    console.log(
      `${email}: ${subscriber.status}${held === '' ? '' : ` (${held})`}. ${told?.detail ?? ''}`.trimEnd(),
    );
  }
  return true;
}

const imported = v.object({
  items: v.array(
    v.object({ line: v.number(), given: v.string(), result: v.string(), detail: v.nullable(v.string()) }),
  ),
});
/** Lines of one request. A cell with a line break keeps its lines together. */
const linesPerRequest = 500;

/** Cuts a table into parts that each begin with its first line. */
function partsOf(text: string): { csv: string; firstLine: number }[] {
  const lines = text.split('\n');
  const [first = ''] = lines;
  // Without a line of names the first is an address like the others.
  const head = first.includes('@') ? '' : first;
  const parts: { csv: string; firstLine: number }[] = [];
  let rows: string[] = [];
  let quotes = 0;
  let begin = 1;
  for (const [at, row] of lines.entries()) {
    rows.push(row);
    quotes += row.split('"').length - 1;
    if (quotes % 2 !== 0 || (rows.length < linesPerRequest && at < lines.length - 1)) continue;
    parts.push(
      begin === 1
        ? { csv: rows.join('\n'), firstLine: 1 }
        : { csv: `${head}\n${rows.join('\n')}`, firstLine: begin - 1 },
    );
    begin = at + 2;
    rows = [];
  }
  return parts;
}

async function importFile(
  space: SpaceClient,
  { operands: [file = ''], fields }: Arguments,
): Promise<boolean> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new CannotRun(`${file} cannot be read.`);
  });
  const { tag: _, mailingList: __, ...defaults } = fields;
  const counts = new Map<string, number>();
  for (const part of partsOf(text)) {
    const { items } = await space.ask(imported, 'POST', 'suppressions/import', { ...part, ...defaults });
    for (const { line, given, result, detail } of items) {
      counts.set(result, (counts.get(result) ?? 0) + 1);
      console.log(`line ${line}: ${given}: ${result}${detail === null ? '' : `. ${detail}`}`);
    }
  }
  console.log([...counts].map(([result, count]) => `${count} ${result}`).join(', '));
  return !counts.has('invalid');
}

async function run(given: Arguments): Promise<boolean> {
  const space = connectSpace(await findSpace({ url: given.url, apiKey: given.apiKey }));
  try {
    switch (given.command) {
      case 'pull':
        return await pull(space, new Date().toISOString());
      case 'diff':
        return await diff(space);
      case 'check':
        return await check(space, given);
      case 'add':
      case 'lift':
        return await decide(space, given);
      case 'import':
        return await importFile(space, given);
    }
  } finally {
    space.close();
  }
}

await runCommand(async () => {
  const given = readArguments(process.argv.slice(2));
  if (given !== 'help') return (await run(given)) ? exitCodes.done : exitCodes.notAll;
  console.log(usage);
  return exitCodes.done;
});
