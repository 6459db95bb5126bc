import type { Tally } from '../report';
import type { AttackedSpace } from './attacked-space';
import { judge } from './contract';
import { signed } from './signed';

/** What a spreadsheet takes for a formula, and what could break out of a cell. */
const cells = [
  '=1+1',
  "=cmd|' /C calc'!A0",
  '+1',
  '-2+3',
  '@SUM(A1)',
  '\t=1',
  '\r=1',
  '"=1"',
  ',=1',
  '\n=1',
  '","=1","',
  'a\r\n=1',
  'a;=1+1',
  'a;"=1+1',
  'a; -1',
  'a;;@SUM(A1)',
  'a\t=1+1',
  'a\t+1;=1',
  '＝1+1',
  'a;＋1',
];

/** A formula at the beginning of a cell, where another sign than the comma separates. */
const elsewhere = /(?:^|[;\t\r\n])[\s"]*[=+\-@＝＋－＠]/;

function eventWith(cell: string, index: number): string {
  return JSON.stringify({
    event: 'failed',
    severity: 'permanent',
    reason: 'bounce',
    id: `cell-${index}`,
    timestamp: 1_700_000_000 + index,
    recipient: `${/^[=+@-]/.test(cell) ? cell.replace(/[^=+\w-]/g, '') : 'plain'}${index}@example.com`,
    tags: [cell],
    url: cell,
    message: { headers: { 'message-id': `${cell}@mg.example.com`, subject: cell } },
    'delivery-status': {
      code: 550,
      'enhanced-code': '5.1.1',
      'bounce-type': 'hard',
      message: cell,
      description: cell,
      'mx-host': cell,
    },
    'client-info': { 'user-agent': cell, 'client-name': cell },
    geolocation: { country: cell, region: cell, city: cell },
    'recipient-provider': cell,
    'log-level': 'error',
  });
}

/** Rows of cells, by RFC 4180. @throws when a quotation mark stands where it must not */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/y;
  while (cell.lastIndex < text.length) {
    const at = cell.lastIndex;
    const found = cell.exec(text);
    if (found === null) throw new Error(`the table breaks at ${JSON.stringify(text.slice(at, at + 60))}`);
    const [, quoted, plain = '', end] = found;
    rows.at(-1)?.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === '\r\n') rows.push([]);
  }
  return rows.filter((row) => row.length > 0);
}

function problemsOf(text: string): string[] {
  try {
    const rows = parseCsv(text);
    const width = rows[0]?.length ?? 0;
    return [
      ...(rows.length < 2 ? ['the table is empty'] : []),
      ...rows.filter((row) => row.length !== width).map((row) => `a row has ${row.length} of ${width} cells`),
      ...(elsewhere.test(text) ? [`a formula: ${JSON.stringify(elsewhere.exec(text)?.[0])}`] : []),
      ...rows
        .flat()
        .filter((cell) => /^[=+\-@\t\r＝＋－＠]/.test(cell))
        .map((cell) => `a formula: ${JSON.stringify(cell)}`),
    ];
  } catch (error) {
    return [String(error)];
  }
}

/** How many events a table reads at once. */
const page = 1000;

/** Hostile cells in every table of the API, and a table that cannot be read to its end. */
export async function tryTables(attacked: AttackedSpace, tally: Tally): Promise<void> {
  for (const [index, cell] of cells.entries()) {
    const verdict = judge(await attacked.client.post(signed(eventWith(cell, index)), 'application/json'));
    tally.add(`an event full of ${JSON.stringify(cell)}`, 'id' in verdict ? [] : [JSON.stringify(verdict)]);
  }
  tally.add('statistics after hostile cells', await attacked.drain());
  const { connection, apiKey } = attacked.space;
  const some = await connection.findOne('email_events', { recipient: 'plain5@example.com' });
  await connection.updateOne('email_events', some._id, { $set: { state: 'dead', lastError: '=1+1' } });
  const read = (path: string) => attacked.client.send(path, 'GET', { 'x-apikey': apiKey });
  const tables = Object.keys(attacked.space.manifest.routehooks).flatMap((route) =>
    route.endsWith('.csv') ? [route.replace('GET ', '')] : [],
  );
  for (const why of cells) {
    const body = Buffer.from(JSON.stringify({ value: '=1+1@example.com', by: why, why }));
    const headers = {
      'x-apikey': apiKey,
      'content-type': 'application/json',
      'content-length': `${body.length}`,
    };
    const { status } = await attacked.client.send('/api/allowlist', 'POST', headers, body);
    tally.add(`an allowlist full of ${JSON.stringify(why)}`, status === 200 ? [] : [`answered ${status}`]);
    const { body: table } = await read('/api/allowlist.csv');
    tally.add(`its table with ${JSON.stringify(why)}`, problemsOf(table));
  }
  const openedAt = new Date().toISOString();
  const alert = { rule: 'complaints', opening: 1, state: 'open', level: 'warn', openedAt };
  for (const [index, cell] of cells.entries())
    await connection.insertOne('alerts', {
      ...alert,
      _id: `complaints-${index}`,
      scope: `tag:${cell}`,
      acknowledgedBy: cell,
    });
  for (const path of tables) {
    const { status, body } = await read(path);
    tally.add(
      `GET ${path}`,
      status === 200 ? problemsOf(body) : [`answered ${status} ${body.slice(0, 100)}`],
    );
  }
  tally.add('tables', tables.length > 5 ? [] : [`there are only ${tables.length}`]);
  await connection.updateOne('email_events', some._id, { $set: { state: 'done' } });

  const copies = Array.from({ length: page + 1 }, (_, copy) => ({ ...some, _id: `copy-${copy}` }));
  await connection.insertOne('email_events', copies);
  attacked.failReading('email_events', 1);
  const broken = await read('/api/events.csv');
  const saysSo = broken.status === 200 && broken.body.trimEnd().endsWith('Ask for it again.');
  tally.add('a table that breaks off says so', saysSo ? [] : [`${broken.status} ${broken.body.slice(-100)}`]);
  attacked.failReading('email_events', 0);
  const unread = await read('/api/events.csv');
  tally.add('a table that cannot be read', unread.status === 503 ? [] : [`answered ${unread.status}`]);
  const list = await read('/api/events');
  tally.add('a list that cannot be read', list.status === 503 ? [] : [`answered ${list.status}`]);
}
