import { existsSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { LogBook } from '../../log/log-book';
import { Redactor } from '../../log/redactor';
import { type CohoSpace, json, startCoho, temporaryFolder } from './cli';

const talkative = `
import { app, Datastore } from 'codehooks-js';
app.auth('/open/*', (req, res, next) => { console.debug('hook: somebody at', req.apiPath); next(); });
app.get('/open/hello', (req, res) => { console.log('route: hello', { to: 'you' }); res.json({}); });
app.get('/secrets', (req, res) => {
  console.log('route: mail to', 'somebody@example.org', 'with', process.env.API_SECRET, req.headers['x-apikey']);
  res.json({});
});
app.get('/broken', () => { throw new Error('route: broken for somebody@example.org'); });
app.worker('note', (req, res) => { console.warn('worker:', req.body.payload.text); res.end(); });
app.post('/note', async (req, res) => {
  const db = await Datastore.open();
  await db.enqueue('note', req.body);
  res.json({});
});
app.job('0 3 1 1 *', (req, res) => { console.error('job: sweeping'); res.end(); });
export default app.init();`;

const apiSecret = 'a-secret-of-the-owner';

describe('coho logs', () => {
  let space: CohoSpace;
  beforeAll(async () => {
    space = await startCoho({ env: { API_SECRET: apiSecret } });
    space.cli.write(talkative);
    await space.cli.print('deploy');
    await fetch(`${space.url}/open/hello`);
    await space.call('/note', json({ text: 'written down' }));
    await vi.waitUntil(() => space.storage.queue.pending('note') === 0);
    await space.runJobs();
    await space.call('/secrets');
    await space.call('/broken');
  });

  /** The lines of the app as the CLI prints them, without date. */
  const lines = async (...flags: string[]) =>
    (await space.cli.print('logs', ...flags)).match(/(?<=Z )(hook|route|worker|job): .*/g) ?? [];

  it('shows what routes, workers, jobs and hooks print, the oldest first, without addresses and secrets', async () => {
    const output = await space.cli.print('logs');
    expect(output.match(/(?<=Z )(hook|route|worker|job): .*/g)).toEqual([
      'hook: somebody at /open/hello',
      "route: hello { to: 'you' }",
      'worker: written down',
      'job: sweeping',
      'route: mail to <address> with <secret> <secret>',
    ]);
    expect(output).toContain('Error: route: broken for <address>');
    for (const secret of [apiSecret, space.apiKey, space.adminToken, 'somebody@example.org']) {
      expect(output).not.toContain(secret);
    }
  });

  it('shows the last lines only, or those of one context', async () => {
    const [last, workers, jobs, hooks] = await Promise.all([
      space.cli.print('logs', '--tail', '1'),
      lines('--context', 'queuehooks'),
      lines('--context', 'jobhooks'),
      lines('--context', 'auth'),
    ]);
    expect(last.match(/^dev .*/gm)).toEqual([expect.stringContaining('GET /dev/broken: Error')]);
    expect(workers).toEqual(['worker: written down']);
    expect(jobs).toEqual(['job: sweeping']);
    expect(hooks).toEqual(['hook: somebody at /open/hello']);
  });

  it('follows: first what was, then what is written from now on, of one context if asked', async () => {
    const followers = [
      space.cli.start('logs', '--follow'),
      space.cli.start('logs', '-f', '-c', 'queuehooks'),
    ];
    const printed = followers.map((child) => {
      const seen = { text: '' };
      child.stdout.on('data', (part) => {
        seen.text += part;
      });
      return seen;
    });
    try {
      for (const seen of printed) {
        await expect.poll(() => seen.text, { timeout: 30_000 }).toMatch(/worker: written down[\s\S]*-----/);
      }
      await fetch(`${space.url}/open/hello`);
      await space.call('/note', json({ text: 'a second time' }));
      const [all, workers] = printed;
      await expect
        .poll(() => all?.text)
        .toMatch(/-----[\s\S]*hook: [\s\S]*route: hello[\s\S]*worker: a second time/);
      await expect.poll(() => workers?.text).toMatch(/-----\n.*worker: a second time/);
      expect(workers?.text).not.toContain('route: ');
    } finally {
      for (const child of followers) child.kill();
    }
  });

  it('keeps the log across a restart', async () => {
    await space.stop();
    const again = await startCoho({ directory: space.directory });
    const output = await again.cli.print('logs', '--tail', '1000');
    expect(output).toMatch(/route: hello[\s\S]*worker: a second time/);
  });
});

it('keeps no more than the limit, and the newest', async () => {
  const directory = temporaryFolder();
  const limits = { directory, redactor: new Redactor(), lines: 20, fileBytes: 4000 };
  for (let start = 0; start < 10; start++) {
    const book = new LogBook(limits);
    for (let line = 0; line < 50; line++) {
      book.add({ level: 'info', text: `line ${start * 50 + line}` });
      await book.close();
    }
  }
  const bytes = readdirSync(directory).map((name) => statSync(join(directory, name)).size);
  expect(Math.max(...bytes)).toBeLessThan(4200);
  expect(bytes).toHaveLength(2);
  const kept = new LogBook(limits).tail(100).map(({ text }) => text);
  expect(kept).toEqual(Array.from({ length: 20 }, (_, line) => `line ${480 + line}`));
});

it('a line after the end is written, and leaves no file open', async ({ skip }) => {
  if (!existsSync('/proc/self/fd')) skip('open files are listed on Linux only');
  const directory = temporaryFolder();
  const file = join(directory, 'log.jsonl');
  const book = new LogBook({ directory, redactor: new Redactor() });
  const openFiles = () =>
    readdirSync('/proc/self/fd').filter((name) => {
      try {
        return readlinkSync(join('/proc/self/fd', name)) === file;
      } catch {
        return false;
      }
    });
  book.add({ level: 'info', text: 'in time' });
  await vi.waitFor(() => expect(openFiles()).toHaveLength(1));
  await book.close();
  book.add({ level: 'info', text: 'late' });
  await vi.waitFor(() => expect(readFileSync(file, 'utf8')).toContain('late'));
  await vi.waitFor(() => expect(openFiles()).toEqual([]));
});
