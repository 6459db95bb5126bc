import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSpace } from '../../local/space';
import { allSwitches, harshest, type Switches, usual } from '../../local/switches/switches';
import { bundleQuickly } from '../app/bundle-quickly';
import { runTool } from './run-tool';

const foundSwitches = v.record(v.string(), v.union([v.string(), v.number()]));

const kindest = Object.fromEntries(
  [...allSwitches].map(([name, { usual: first, others }]) => [name, others[0] ?? first]),
) as Switches;

/** Each switch has every value in one of these. */
const platforms = {
  usual,
  harshest: { ...harshest, jobDelivery: 'once', defaultLimit: 'none', instances: 1 },
  kindest: {
    ...kindest,
    noMatch: 'null',
    failedJob: 'retried',
    runAt: 'atOnce',
    idsPerRead: 'unlimited',
    defaultLimit: 'none',
    instances: 3,
  },
  odd: {
    ...usual,
    noMatch: 'unchanged',
    upsertResult: 'id',
    jobDelivery: 'twice',
    otherResults: 'null',
    runAt: 'never',
    cronOverlap: 'skipped',
    defaultLimit: 100,
    instances: 2,
  },
} satisfies Record<string, Switches>;

/** What can only be told around a deployment, or not at all. */
const unaskable = ['restart', 'afterDeploy', 'indexes'];

/** Tries that `npm run verify -- --platform` finds out what these platforms do, all at once: they mostly wait. */
export function testPlatforms(names: readonly (keyof typeof platforms)[]): void {
  describe('npm run verify -- --platform', { timeout: 180_000 }, () => {
    let folder: string;
    let file: string;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'probe-'));
      file = await bundleQuickly(join(process.cwd(), 'tools', 'probe'), join(folder, 'bundle.js'));
    });
    // A space that is not waited for may still write.
    afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 10 }));

    it('each answer of the platform is one of these, but for those that nobody can see', () => {
      for (const [name, { usual: first, others }] of allSwitches)
        for (const value of [first, ...others])
          if (!unaskable.includes(name) && typeof value !== 'number')
            expect(Object.values(platforms).map((switches) => Reflect.get(switches, name))).toContain(value);
    });

    it.concurrent.each(names)('finds out what %s platform does', async (name) => {
      const switches: Switches = platforms[name];
      const space = await startSpace({
        directory: join(folder, name),
        app: { kind: 'bundle', file },
        env: { PROBE: 'yes' },
        switches,
        limits: { callsPerMinute: Infinity },
        log: () => {},
      });
      const run = await runTool('verify', [
        '--platform',
        '--url',
        space.url,
        '--key',
        space.apiKey,
        '--wait',
        '8',
      ]);
      await space.stop(0);
      expect(run).toMatchObject({ code: 0, err: '' });
      const asked = Object.fromEntries(
        Object.entries(switches).filter(
          ([asking]) =>
            !unaskable.includes(asking) && !(asking === 'cronOverlap' && switches.plan === 'free'),
        ),
      );
      const [, printed = '{}'] = /^switches: (.*)$/m.exec(run.out) ?? [];
      const { indexes, ...found } = v.parse(foundSwitches, JSON.parse(printed));
      expect(found).toEqual(asked);
      expect(indexes).toBe(switches.indexes === 'refused' ? 'refused' : undefined);
      expect(run.out).toContain('The app is right under all of these answers');
      expect(run.out).toMatch(/restart +unknown: only a deployment/);
      expect(run.out).toContain('npm start -- --bundle --switches afterResponse=');
    });
  });
}
