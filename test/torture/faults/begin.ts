import { Driver } from '../virtual-space/driver';
import type { Contents, VirtualSpace } from '../virtual-space/virtual-space';
import { type Fault, Saboteur } from './fault';

/** A life on stored contents of which the first process suffers a fault. */
export async function beginUnder(space: VirtualSpace, contents: Contents, fault: Fault | null) {
  await space.restore(contents);
  const saboteur = new Saboteur(fault);
  const instance = await space.boot(saboteur.intercept);
  saboteur.victim = instance;
  return { driver: new Driver(space, instance), instance, saboteur };
}
