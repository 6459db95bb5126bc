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
  /**
   * Every how many faults one is tried: 1 for all. With as many as there are types of event, each harm at
   * each call is still tried with one of them, which the seed chooses.
   */
  readonly step: number;
  /** With every aftermath, or with one that the seed chooses. */
  readonly aftermath: 'every' | 'any';
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
export async function tryFaults(options: FaultCampaignOptions): Promise<Result> {
  const { bundleFile, seed, step, aftermath } = options;
  const tally = new Tally('faults at every storage call');
  const random = createRandom(seed);
  const quiet = quietConsole();
  const machine = new Machine(bundleFile);
  try {
    const background = await makeBackground(machine);
    for (const [index, target] of (await makeTargets(machine, background)).entries()) {
      const tryCase = async (fault: Fault | null, remedies: readonly Remedy[]) => {
        const { problems, calls } = await runCase(machine, background, target, fault, remedies);
        const name = `${target.name}, ${fault ? `call ${fault.at} ${fault.harm}` : 'no fault'}, ${remedies.join(', ')}`;
        tally.add(name, [...problems, ...quiet.violations([signingKey, 'token-of'])]);
        return calls;
      };
      const calls = await tryCase(null, []);
      if (step === 1) for (const remedies of aftermaths) await tryCase(null, remedies);
      for (let at = 0; at < calls; at += 1) {
        for (const [kind, harm] of harms.entries()) {
          if ((seed + index + at * harms.length + kind) % step !== 0) continue;
          const chosen = aftermath === 'every' ? aftermaths : [random.pick(aftermaths)];
          for (const remedies of chosen) await tryCase({ at, harm }, remedies);
        }
      }
    }
  } finally {
    machine.close();
    quiet.restore();
  }
  return tally.result();
}
