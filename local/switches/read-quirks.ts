import { StartError } from '../start-error';
import { harshest, type Quirks, switches } from './quirks';

/**
 * Reads the values of switches as they are written on the command line: `failedJob=retried,jobOrder=fifo`. The word
 * `harshest` stands for the harshest value of every switch; what is named beside it counts.
 * @throws {StartError} with a sentence that names the switches, or the values of the switch.
 */
export function readQuirks(text: string): Partial<Quirks> {
  const words = text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
  const pairs = words.filter((word) => word !== 'harshest');
  // Each value is read by the switch that it is for, so that the types of the table hold.
  const named = Object.fromEntries(pairs.map(readPair)) as Partial<Quirks>;
  return pairs.length === words.length ? named : { ...harshest, ...named };
}

function readPair(pair: string): [name: string, value: string | number] {
  const at = pair.indexOf('=');
  if (at === -1) throw new StartError(`A quirk is written name=value, not "${pair}".`);
  const name = pair.slice(0, at).trim();
  const text = pair.slice(at + 1).trim();
  const found = switches.get(name);
  if (found === undefined)
    throw new StartError(`There is no quirk "${name}"; the quirks are ${[...switches.keys()].join(', ')}.`);
  const value = found.read(text);
  if (value === undefined)
    throw new StartError(`The quirk ${name} cannot be "${text}", it is one of ${found.expected}.`);
  return [name, value];
}
