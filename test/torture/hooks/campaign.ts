import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom } from '../../../tools/simulate/plan/random';
import { makeBackground } from '../faults/background';
import { labelsOf, makeTargets } from '../faults/campaign';
import { type Fault, harmsOf } from '../faults/fault';
import { quietConsole } from '../machine/console';
import { Machine, signingKey } from '../machine/machine';
import { type Result, Tally } from '../report';
import { runHookCase } from './case';
import { compileHookedBundle } from './hooked-bundle';
import { moods, Owner } from './owner';

/**
 * The owner's function throws once, always or takes its time, for every type of event, and for one of the
 * types with every harm at every storage call.
 * @param share of the harms that is tried; 1: all
 */
export async function tryHooks(seed: number, share: number): Promise<Result> {
  const tally = new Tally("moods of the owner's hooks, under faults");
  const folder = await mkdtemp(join(tmpdir(), 'torture-hooks-'));
  const bundleFile = await compileHookedBundle(folder);
  const random = createRandom(seed);
  const quiet = quietConsole();
  const machine = new Machine(bundleFile);
  const owner = Owner.install();
  try {
    const background = await makeBackground(machine);
    const tried = new Set<string>();
    for (const target of random.shuffle(await makeTargets(machine, background))) {
      for (const mood of moods) {
        const tryCase = async (fault: Fault | null) => {
          const { problems, calls } = await runHookCase(machine, background, target, owner, mood, fault);
          const name = `${target.name}, hook ${mood}, ${fault ? `call ${fault.at} ${fault.harm}` : 'no fault'}`;
          tally.add(name, [...problems, ...quiet.violations([signingKey, 'token-of'])]);
          return calls;
        };
        const calls = await tryCase(null);
        const labels = labelsOf(calls);
        for (const [at, call] of calls.entries()) {
          for (const harm of harmsOf(call)) {
            const fault = `${labels[at]} ${harm} ${mood}`;
            if (tried.has(fault)) continue;
            tried.add(fault);
            if (tally.isHopeless) return tally.result();
            if (random.chance(share)) await tryCase({ at, harm });
          }
        }
      }
    }
  } finally {
    owner.uninstall();
    await machine.close();
    quiet.restore();
    await rm(folder, { recursive: true, force: true });
  }
  return tally.result();
}
