import { createRandom } from '../../../tools/simulate/plan/random';
import { type Result, Tally } from '../report';
import { quietConsole } from '../virtual-space/console';
import { Driver } from '../virtual-space/driver';
import { allSamples, eventOf, webhookOf } from '../virtual-space/events';
import type { Call } from '../virtual-space/intercept';
import { signingKey, VirtualSpace } from '../virtual-space/virtual-space';
import { type Background, makeBackground } from './background';
import { aftermaths, type Remedy, runCase, type Target } from './case';
import { type Fault, harmsOf } from './fault';
import { keyOf } from './key-of';

export interface FaultCampaignOptions {
  readonly bundleFile: string;
  readonly seed: number;
  /** Every fault with every type of event, or every fault with one of the types that it can meet. */
  readonly types: 'every' | 'any';
  /** With every aftermath, or with one that the seed chooses. */
  readonly aftermath: 'every' | 'any';
  /** The share of the faults that is tried; default 1: all. */
  readonly share?: number;
  /** Says before each case whether there is still time for it. */
  readonly goOn?: () => boolean;
}

/** One event of every type, and the key that a healthy app stores it under. */
export async function makeTargets(space: VirtualSpace, background: Background): Promise<Target[]> {
  const targets: Target[] = [];
  for (const [name, sample] of allSamples) {
    const event = eventOf(sample, 'target');
    const webhook = await webhookOf(event, `token-of-${name.replaceAll(' ', '-')}`);
    await space.restore(background.contents);
    const reply = await new Driver(space, await space.boot()).send(webhook);
    targets.push({ name, event, webhook, key: keyOf(reply) });
  }
  return targets;
}

/** Names calls by what they are and how often the like came before, so that two types' calls can be told to be the same. */
export function labelsOf(calls: readonly Call[]): string[] {
  const seen = new Map<string, number>();
  return calls.map(({ operation, on }) => {
    const name = `${operation} ${on}`;
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return `${name} ${count}`;
  });
}

/** Every harm at every storage call of every type of event, with every aftermath. */
export async function tryFaults(options: FaultCampaignOptions): Promise<Result> {
  const { bundleFile, seed, types, aftermath, share = 1, goOn = () => true } = options;
  const tally = new Tally(
    `faults at every storage call, ${types} type of event, ${aftermath === 'every' ? 'every order of what follows' : 'what follows by chance'}`,
  );
  const random = createRandom(seed);
  const quiet = quietConsole();
  const space = new VirtualSpace(bundleFile);
  try {
    const background = await makeBackground(space);
    const tried = new Set<string>();
    for (const target of random.shuffle(await makeTargets(space, background))) {
      const tryCase = async (fault: Fault | null, remedies: readonly Remedy[]) => {
        const { problems, calls } = await runCase(space, background, target, fault, remedies);
        const name = `${target.name}, ${fault ? `call ${fault.at} ${fault.harm}` : 'no fault'}, ${remedies.join(', ')}`;
        tally.add(name, [...problems, ...quiet.violations([signingKey, 'token-of'])]);
        return calls;
      };
      const calls = await tryCase(null, []);
      if (types === 'every') for (const remedies of aftermaths) await tryCase(null, remedies);
      const labels = labelsOf(calls);
      for (const [at, call] of calls.entries()) {
        for (const harm of harmsOf(call)) {
          const fault = `${labels[at]} ${harm}`;
          if (types === 'any' && tried.has(fault)) continue;
          tried.add(fault);
          if (!random.chance(share)) continue;
          const chosen = aftermath === 'every' ? aftermaths : [random.pick(aftermaths)];
          for (const remedies of chosen) {
            if (!goOn() || tally.isHopeless) return tally.result();
            await tryCase({ at, harm }, remedies);
          }
        }
      }
    }
  } finally {
    await space.close();
    quiet.restore();
  }
  return tally.result();
}
