import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, it } from 'vitest';
import { json, startCoho } from '../../local/test/coho/cli';
import { sign, signingKey } from './app';

it('tells nothing of the recipients and keys in the log that the CLI shows', async () => {
  const space = await startCoho({
    app: { kind: 'bundle', file: inject('bundleFile') },
    env: { MAILGUN_WEBHOOK_SIGNING_KEY: signingKey },
  });
  const post = (body: unknown) => fetch(`${space.url}/mailgun/events`, json(body));
  const event = {
    event: 'opened',
    id: 'id-of-an-open',
    timestamp: Date.now() / 1000,
    recipient: 'ada@example.org',
  };
  expect((await post({ signature: sign(), 'event-data': event })).status).toBe(200);
  await post({ signature: { ...sign(), signature: 'f'.repeat(64) }, 'event-data': event });
  await post({ signature: sign(), 'event-data': { ...event, event: 7 } });
  await post({ signature: sign(), 'event-data': 'ada@example.org' });
  await space.runJobs();
  const output = await space.cli.print('logs', '--tail', '5000');
  expect(output).toContain('Space: dev');
  const files = readFileSync(join(space.directory, 'log.jsonl'), { encoding: 'utf8', flag: 'a+' });
  for (const secret of ['ada@', signingKey, space.apiKey, space.adminToken]) {
    expect(output + files).not.toContain(secret);
  }
});
