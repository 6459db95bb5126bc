import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom } from '../../../tools/simulate/plan/random';
import { makeBackground } from '../faults/background';
import { type Fault, harmsOf } from '../faults/fault';
import { labelsOf, makeTargets } from '../faults/trials';
import { type Result, Tally } from '../report';
import { quietConsole } from '../virtual-space/console';
import { signingKey, VirtualSpace } from '../virtual-space/virtual-space';
import { runHookCase } from './case';
import { behaviours, HookDouble } from './hook-double';
import { bundleHookedApp } from './hooked-bundle';

/** Which share of the types is tried when not every harm is. */
const shareOfTypes = 0.3;

/**
 * The owner's function throws once, always or takes its time, for every type of event, and for one of the
 * types with every harm at every storage call.
 * @param share of the harms that is tried; 1: all
 */
export async function tryHooks(seed: number, share: number): Promise<Result> {
  const tally = new Tally("moods of the owner's hooks, under faults");
  const folder = await mkdtemp(join(tmpdir(), 'torture-hooks-'));
  const bundleFile = await bundleHookedApp(folder);
  const random = createRandom(seed);
  const quiet = quietConsole();
  const space = new VirtualSpace(bundleFile);
  const hook = HookDouble.install();
  try {
    const background = await makeBackground(space);
    const tried = new Set<string>();
    for (const target of random.shuffle(await makeTargets(space, background))) {
      for (const behaviour of behaviours) {
        if (share < 1 && !random.chance(shareOfTypes)) continue;
        const tryCase = async (fault: Fault | null) => {
          const { problems, calls } = await runHookCase(space, background, target, hook, behaviour, fault);
          const name = `${target.name}, hook ${behaviour}, ${fault ? `call ${fault.at} ${fault.harm}` : 'no fault'}`;
          tally.add(name, [...problems, ...quiet.violations([signingKey, 'token-of'])]);
          return calls;
        };
        const calls = await tryCase(null);
        const labels = labelsOf(calls);
        for (const [at, call] of calls.entries()) {
          for (const harm of harmsOf(call)) {
            const fault = `${labels[at]} ${harm} ${behaviour}`;
            if (tried.has(fault)) continue;
            tried.add(fault);
            if (tally.isHopeless) return tally.result();
            if (random.chance(share)) await tryCase({ at, harm });
          }
        }
      }
    }
  } finally {
    hook.uninstall();
    await space.close();
    quiet.restore();
    await rm(folder, { recursive: true, force: true });
  }
  return tally.result();
}
