import { createRandom } from '../../../tools/simulate/plan/random';
import { quietConsole } from '../machine/console';
import { allSamples, eventOf, webhookOf } from '../machine/events';
import { Life } from '../machine/life';
import { Machine, signingKey } from '../machine/machine';
import { type Result, Tally } from '../report';
import { type Background, makeBackground } from './background';
import { aftermaths, type Remedy, runCase, type Target } from './case';
import { type Fault, harms } from './fault';
import { keyOf } from './key-of';

export interface FaultCampaignOptions {
  readonly bundleFile: string;
  readonly seed: number;
  /** Share of the cases that are tried, chosen by the seed: 1 for all. */
  readonly share: number;
}

async function makeTargets(machine: Machine, background: Background): Promise<Target[]> {
  const targets: Target[] = [];
  for (const [name, sample] of allSamples) {
    const event = eventOf(sample, 'target');
    const webhook = await webhookOf(event, `token-of-${name.replaceAll(' ', '-')}`);
    await machine.restore(background.contents);
    const reply = await new Life(machine, await machine.boot()).send(webhook);
    targets.push({ name, event, webhook, key: keyOf(reply) });
  }
  return targets;
}

/** Every harm at every storage call of every type of event, with every aftermath. */
export async function tryFaults({ bundleFile, seed, share }: FaultCampaignOptions): Promise<Result> {
  const tally = new Tally('faults at every storage call');
  const random = createRandom(seed);
  const quiet = quietConsole();
  const machine = new Machine(bundleFile);
  try {
    const background = await makeBackground(machine);
    for (const target of await makeTargets(machine, background)) {
      const tryCase = async (fault: Fault | null, aftermath: readonly Remedy[]) => {
        const { problems, calls } = await runCase(machine, background, target, fault, aftermath);
        const name = `${target.name}, ${fault ? `call ${fault.at} ${fault.harm}` : 'no fault'}, ${aftermath.join(', ')}`;
        tally.add(name, [...problems, ...quiet.violations([signingKey, 'token-of'])]);
        return calls;
      };
      const calls = await tryCase(null, []);
      for (const aftermath of aftermaths) await tryCase(null, aftermath);
      for (let at = 0; at < calls; at += 1) {
        for (const harm of harms) {
          for (const aftermath of aftermaths) {
            if (random.chance(share)) await tryCase({ at, harm }, aftermath);
          }
        }
      }
    }
  } finally {
    machine.close();
    quiet.restore();
  }
  return tally.result();
}
