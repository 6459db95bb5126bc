import type { Switches } from '../../../local/switches/switches';
import { createRandom, type Random } from '../../../tools/simulate/plan/random';
import { makeBackground } from '../faults/background';
import { harmsOf } from '../faults/fault';
import { type Result, Tally } from '../report';
import { quietConsole } from '../virtual-space/console';
import { signingKey, VirtualSpace } from '../virtual-space/virtual-space';
import { exploreAll, exploreSome, type Path } from './explore';
import { play } from './scenario';
import { concurrent, MessageFactory, pairsOfRequests, tokenThieves } from './scenarios';
import type { Chooser } from './scheduler';

export interface InterleavingOptions {
  readonly bundleFile: string;
  readonly seed: number;
}

/**
 * Two requests at the same instant, in every order of their storage calls, or in some that the seed chooses.
 * @param orders how many of each pair; there are some two thousand
 * @param goOn says before each order whether there is still time for it
 */
export async function tryPairs(
  options: InterleavingOptions & { orders: number | 'every'; goOn?: () => boolean },
): Promise<Result> {
  const { bundleFile, seed, orders, goOn = () => true } = options;
  const tally = new Tally(`two requests at once, ${orders === 'every' ? 'every order' : 'some orders'}`);
  const quiet = quietConsole();
  const space = new VirtualSpace(bundleFile);
  try {
    const background = await makeBackground(space);
    for (const scenario of await pairsOfRequests(new MessageFactory(space, background))) {
      const tryOrder = async (path: Path) => {
        const chooser: Chooser = { choose: (count) => path.choose(count), harm: () => null };
        const problems = await play(space, background, scenario, chooser);
        const leaks = quiet.violations([signingKey, 'token-of']);
        tally.add(`${scenario.name}, choices ${path.choices.join('')}`, [...problems, ...leaks]);
      };
      if (orders === 'every') await exploreAll(tryOrder, goOn);
      else await exploreSome(orders, createRandom(seed), tryOrder);
    }
  } finally {
    await space.close();
    quiet.restore();
  }
  return tally.result();
}

function randomSwitches(random: Random): Partial<Switches> {
  return {
    afterResponse: random.pick(['runs', 'stops']),
    noMatch: random.pick(['rejects', 'null', 'unchanged']),
    duplicateInsert: random.pick(['rejects', 'overwrites']),
    upsertByQuery: random.pick(['keepsId', 'ignoresId']),
    upsertResult: random.pick(['document', 'null', 'id']),
    formRawBody: random.pick(['present', 'absent']),
    defaultLimit: random.pick(['none', 1]),
  };
}

/**
 * Many requests, workers, counts and cron runs at once, under random platforms, in random orders, without harm or
 * with some. A seed is a case: to see a failure again, run with its seed and one case.
 * @param goOn says after each case whether there is to be another
 */
export async function tryConcurrentInstances(
  options: InterleavingOptions & { goOn: (cases: number) => boolean },
): Promise<Result> {
  const tally = new Tally('crowds, random orders and faults');
  const quiet = quietConsole();
  try {
    for (let number = 0; options.goOn(number); number += 1) {
      const seed = options.seed + number;
      const random = createRandom(seed);
      const switches = randomSwitches(random);
      const space = new VirtualSpace(options.bundleFile, switches);
      try {
        const background = await makeBackground(space);
        const factory = new MessageFactory(space, background);
        const scenario = random.chance(0.3)
          ? await tokenThieves(factory, random)
          : await concurrent(factory, random);
        const rate = random.pick([0, 0, 0.01, 0.05]);
        for (let order = 0; order < 8; order += 1) {
          const chooser: Chooser = {
            choose: (count) => random.integer(0, count - 1),
            harm: (call) => (random.chance(rate) ? random.pick(harmsOf(call)) : null),
          };
          const problems = await play(space, background, scenario, chooser);
          const leaks = quiet.violations([signingKey, 'token-of']);
          const setting = `seed ${seed}, order ${order}, ${scenario.name}, faults ${rate}, ${JSON.stringify(switches)}`;
          tally.add(setting, [...problems, ...leaks]);
        }
      } finally {
        await space.close();
      }
    }
  } finally {
    quiet.restore();
  }
  return tally.result();
}
