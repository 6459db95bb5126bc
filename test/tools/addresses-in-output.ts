import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { listen } from '../http/listen';
import { runInProcess } from './run-in-process';

/** What the space and Mailgun answer; both are the same server. */
let answer = { status: 500, body: '' };
let server: Awaited<ReturnType<typeof listen>>;
const folder = mkdtempSync(join(tmpdir(), 'addresses-'));
beforeAll(async () => {
  server = await listen(
    createServer((request, response) => {
      request.resume();
      // What `npm run register` asks first must be right, or it would ask nothing else.
      const isWebhook = request.url === '/dev/mailgun/events' && request.method === 'POST';
      const { status, body } = isWebhook ? { status: 406, body: '{"error":"invalid_signature"}' } : answer;
      response.writeHead(status, { connection: 'close' }).end(body);
    }),
  );
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

const address = fc
  .tuple(
    fc.stringMatching(/^[a-z]{8}$/),
    fc.constantFrom('', '+tag', "o'", '"quoted one"', '"in\ntwo"'),
    fc.constantFrom('hiddenhost.example', 'hiddenxn.xn--9db.example', 'hiddené.example'),
  )
  .map(([local, odd, host]) =>
    odd.startsWith('"') ? `"hidden${local} ${odd.slice(1, -1)}"@${host}` : `hidden${local}${odd}@${host}`,
  );

const escaped = (text: string) => text.replace(/["@]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`);
/** The ways to write an address. */
const spellings: readonly ((text: string) => string)[] = [
  (text) => text,
  encodeURIComponent,
  (text) => encodeURIComponent(encodeURIComponent(text)),
  escaped,
  (text) => JSON.stringify(text),
  (text) => text.replaceAll('@', '&#64;').replaceAll('"', '&quot;'),
];

/** Answers that quote an address: refusals, pages of others, what a tool asks for with a problem in it, other types. */
const bodies: readonly ((text: string) => string)[] = [
  (text) => JSON.stringify({ error: text, detail: text, message: text, Reason: text, status: text }),
  (text) => `<html>No route for ${text} here</html>`,
  // Wherever a tool cuts what it quotes, it cuts within an address.
  (text) => `${'x'.repeat(11)} ${`${text} `.repeat(200)}`,
  (text) =>
    JSON.stringify({
      ...{
        done: false,
        waiting: false,
        compared: 0,
        problem: { detail: text, retrySeconds: null },
        seen: 1,
        known: 0,
        added: {},
      },
      ...{ from: '2026-11-01T00:00:00Z', to: '2026-11-02T00:00:00Z', checkedUntil: '2026-11-01T00:00:00Z' },
      ...{ next: null, configured: false },
      items: [
        ...[true, false].map((isRunning) => ({
          ...{ domain: 'mg.example.com', list: 'bounce', seen: 0, added: 0, lifted: 0 },
          ...{ lastError: text, isRunning },
        })),
      ],
    }),
  (text) => JSON.stringify({ problem: text, configured: false, items: [] }),
  (text) => JSON.stringify({ items: [text], totals: text, webhooks: text, http_signing_key: text }),
  (text) => JSON.stringify([text]),
  (text) => text,
];
const statuses = [200, 302, 400, 401, 403, 404, 406, 429, 500, 503];

interface Command {
  readonly tool: string;
  readonly words: readonly string[];
  /** Those whose values are of the user. */
  readonly options: readonly string[];
}
const apiKey = ['--api-key', 'key-of-the-space'];
const ofSpace = ['url', 'api-key'];

/** Every tool with a command line that would do, and its options. */
function commands(): Command[] {
  const space = ['--url', `${server.url}/dev`, ...apiKey];
  const to = ['--to', join(folder, 'out')];
  const suppression = ['list', 'domain', 'tag', 'mailing-list', 'by', 'why', ...ofSpace];
  const registered = ['url', 'domain', 'region', 'replace'];
  const url = ['--url', `${server.url}/dev`];
  return [
    { tool: 'register', words: [...url, '--domain', 'mg.example.com', '--yes'], options: registered },
    { tool: 'register', words: [...url, '--all', '--yes'], options: registered },
    { tool: 'register', words: [...url, '--account', '--yes'], options: registered },
    { tool: 'register', words: ['--key-only'], options: registered },
    { tool: 'verify', words: [...url, '--key', 'key', '--wait', '1'], options: ['url', 'key', 'wait'] },
    { tool: 'verify', words: [...url, '--key', 'key', '--wait', '1', '--platform'], options: ['url'] },
    { tool: 'backfill', words: space, options: ['domain', 'from', 'to', 'hours', ...ofSpace] },
    { tool: 'backfill', words: [...space, '--domain', 'mg.example.com'], options: ['domain'] },
    {
      tool: 'reconcile',
      words: [...space, '--from', '2026-10-01', '--to', '2026-10-02'],
      options: ['from', 'to', 'domain', ...ofSpace],
    },
    { tool: 'audit', words: space, options: ofSpace },
    {
      tool: 'simulate',
      words: [...space, '--recipients', '1'],
      options: ['tags', 'seed', 'now', ...ofSpace],
    },
    { tool: 'export', words: [...space, ...to], options: ['to', 'format', ...ofSpace] },
    ...['pull', 'diff'].map((name) => ({
      tool: 'suppressions',
      words: [name, ...space],
      options: suppression,
    })),
    ...['check', 'add', 'lift', 'import'].map((name) => ({
      tool: 'suppressions',
      words: [name, 'alice@example.com', ...space],
      options: suppression,
    })),
    { tool: 'mcp', words: ['--url', 'no address of a space', ...apiKey], options: ofSpace },
    // No project: nothing is sent.
    { tool: 'deploy', words: ['--projectname', ''], options: ['space', 'projectname', 'plan', 'dir'] },
  ];
}

const environment = () => ({
  SPACE_DIR: join(folder, 'no-space'),
  SPACE_URL: '',
  SPACE_API_KEY: '',
  MAILGUN_API_KEY: 'api-key-of-the-account',
  MAILGUN_API_URL: server.url,
  MAILGUN_DOMAINS: '',
  MAILGUN_WEBHOOK_SIGNING_KEY: 'signing-key',
  CODEHOOKS_PROJECT: '',
  CODEHOOKS_SPACE: '',
  CODEHOOKS_ADMIN_TOKEN: '',
});

let runs = 0;
let failed = 0;

async function expectNoAddress({ tool }: Command, words: readonly string[], env = {}): Promise<void> {
  const { code, out, err } = await runInProcess(tool, words, { ...environment(), ...env });
  runs += 1;
  const told = code === 2 ? `${out}\n${err}` : err;
  if (code === 2) failed += 1;
  expect(told, `${tool} ${words.join(' ')}`).not.toMatch(/hidden/i);
  // What was asked for may name addresses, where addresses are what is asked for.
  if (tool !== 'suppressions' && tool !== 'audit') expect(out, tool).not.toMatch(/hidden/i);
}

/**
 * Lets every tool fail with an address in everything that it reads.
 * @param numRuns how many addresses are tried; each tries every tool with every option
 */
export function tryAddressesInOutput(numRuns: number): void {
  it('no address in an answer of the space or of Mailgun is told when a command fails', async () => {
    const start = fc.nat({ max: statuses.length * spellings.length });
    await fc.assert(
      fc.asyncProperty(address, start, async (given, first) => {
        let at = first;
        for (const command of commands())
          for (const bodyOf of bodies) {
            const [status = 500, spell = escaped] = [
              statuses[at % statuses.length],
              spellings[at % spellings.length],
            ];
            answer = { status, body: bodyOf(spell(given)) };
            await expectNoAddress(command, command.words);
            at += 1;
          }
      }),
      { numRuns, endOnFailure: true },
    );
    expect(failed).toBeGreaterThan(runs / 2);
  }, 600_000);

  it('no address on a command line, in a variable or in the name of a file is told when a command fails', async () => {
    answer = { status: 400, body: '{}' };
    [runs, failed] = [0, 0];
    await fc.assert(
      fc.asyncProperty(address, fc.constantFrom(...spellings), async (plain, spell) => {
        const given = spell(plain).replaceAll('\n', ' ');
        const broken = join(folder, `space of ${given.replaceAll('/', '')}`);
        mkdirSync(broken, { recursive: true });
        writeFileSync(join(broken, 'space.json'), `{"url": ${given}`);
        for (const command of commands()) {
          const { words, options, tool } = command;
          for (const option of options) await expectNoAddress(command, [...words, `--${option}`, given]);
          if (tool !== 'suppressions') await expectNoAddress(command, [...words, given]);
          await expectNoAddress(command, [...words, `--${given}`]);
          await expectNoAddress(command, words, { SPACE_URL: `http://${given}`, MAILGUN_DOMAINS: given });
          await expectNoAddress(command, words, { MAILGUN_API_URL: `http://${given}`, SPACE_DIR: broken });
          await expectNoAddress(command, words, { SPACE_API_KEY: given, MAILGUN_API_KEY: given });
          await expectNoAddress(command, words, { CODEHOOKS_PROJECT: given, CODEHOOKS_SPACE: given });
        }
      }),
      { numRuns, endOnFailure: true, examples: [['"hiddenalice one"@hiddenhost.example', (text) => text]] },
    );
    expect(failed).toBeGreaterThan(runs / 2);
  }, 600_000);
}
