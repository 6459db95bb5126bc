import type { Instance } from '../virtual-space/instance';
import type { Call, Intercept } from '../virtual-space/intercept';

/** What can happen to any call. */
export const harms = ['fails before', 'fails after', 'dies before', 'dies after'] as const;
/** What can happen to a call; to one that answers with a stream also that it breaks off. */
export type Harm = (typeof harms)[number] | 'breaks half-way';

/** Every harm that a call can suffer. */
export function harmsOf(call: Call): readonly Harm[] {
  return call.half === undefined ? harms : [...harms, 'breaks half-way'];
}

/** A harm at the nth call since the start of the process. */
export interface Fault {
  readonly at: number;
  readonly harm: Harm;
}

/** Lets one call go wrong and counts all. */
export class Saboteur {
  readonly calls: Call[] = [];
  victim: Instance | null = null;

  constructor(private readonly fault: Fault | null) {}

  readonly intercept: Intercept = async <Result>(call: Call, run: () => Promise<Result>) => {
    const number = this.calls.push(call) - 1;
    return number === this.fault?.at ? suffer(this.fault.harm, call, this.victim, run) : run();
  };
}

/** Runs a call under a harm. */
export async function suffer<Result>(
  harm: Harm,
  call: Call,
  victim: Instance | null,
  run: () => Promise<Result>,
): Promise<Result> {
  if (harm === 'breaks half-way') await call.half?.();
  if (harm.endsWith('after')) await run();
  if (harm.startsWith('dies')) {
    victim?.kill();
    return new Promise(() => {});
  }
  throw new Error('Storage is not available (injected).');
}
