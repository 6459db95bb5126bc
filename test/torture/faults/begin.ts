import { Life } from '../machine/life';
import type { Contents, Machine } from '../machine/machine';
import { type Fault, Saboteur } from './fault';

/** A life on stored contents of which the first process suffers a fault. */
export async function beginUnder(machine: Machine, contents: Contents, fault: Fault | null) {
  await machine.restore(contents);
  const saboteur = new Saboteur(fault);
  const instance = await machine.boot(saboteur.intercept);
  saboteur.victim = instance;
  return { life: new Life(machine, instance), instance, saboteur };
}
