import type { Tally } from '../report';
import type { Call } from '../virtual-space/intercept';
import { type Fault, harmsOf } from './fault';

/** What a case found wrong, and the storage calls of its first process. */
export interface Tried {
  readonly problems: readonly string[];
  readonly calls: readonly Call[];
}

/**
 * Tries a case without a fault, and then with every harm at each call that it made.
 * @param name what stands before the fault in the name of a case
 * @param isTried whether a harm of this call is tried; asked once for each
 */
export async function tryEveryFault(
  tally: Tally,
  name: string,
  runCase: (fault: Fault | null) => Promise<Tried>,
  isTried: (call: Call) => boolean,
): Promise<void> {
  const tryCase = async (fault: Fault | null) => {
    const { problems, calls } = await runCase(fault);
    tally.add(`${name}${fault ? `call ${fault.at} ${fault.harm}` : 'no fault'}`, problems);
    return calls;
  };
  for (const [at, call] of (await tryCase(null)).entries())
    for (const harm of harmsOf(call)) if (isTried(call) && !tally.isHopeless) await tryCase({ at, harm });
}
