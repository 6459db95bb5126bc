import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import * as v from 'valibot';
import { expect, it } from 'vitest';

const scripts = v.parse(
  v.pipe(v.string(), v.parseJson(), v.object({ scripts: v.record(v.string(), v.string()) })),
  readFileSync('package.json', 'utf8'),
).scripts;

it.concurrent.each(['simulate', 'audit', 'register', 'verify', 'backfill', 'reconcile', 'deploy'])(
  'npm run %s starts, and says what it takes',
  async (name) => {
    const child = spawn('npx', [...(scripts[name] ?? '').split(' '), '--help']);
    const closed = new Promise((resolve) => child.on('close', resolve));
    const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
    expect({ err, code }).toEqual({ err: '', code: 0 });
    expect(out).toContain(`npm run ${name} -- `);
  },
);
