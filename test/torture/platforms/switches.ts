import { harshest, type Quirks, switches } from '../../../local/switches/quirks';
import { readQuirks } from '../../../local/switches/read-quirks';
import { createRandom } from '../../../tools/simulate/plan/random';

/** Answers of the platform that nobody documents, other than the local space's defaults. */
export interface Platform {
  readonly name: string;
  readonly quirks: Partial<Quirks>;
}

/** Every switch by itself, with every value that is not the default. */
export const singles: readonly (Platform & { readonly switch: string })[] = [...switches].flatMap(
  ([name, { others }]) =>
    others.map((value) => ({ switch: name, name: `${name}: ${value}`, quirks: { [name]: value } })),
);

/** A value of one switch, as a text that names both. */
type Setting = string;

const settings = [...switches].map(([name, { usual, others }]) =>
  [usual, ...others].map((value) => ({ name, value, key: `${name}=${value}` })),
);

function pairKey(one: Setting, other: Setting): string {
  return one < other ? `${one}&${other}` : `${other}&${one}`;
}

/** Every two values of different switches. */
function allPairs(): Set<string> {
  const pairs = new Set<string>();
  for (const [index, own] of settings.entries())
    for (const others of settings.slice(index + 1))
      for (const one of own) for (const other of others) pairs.add(pairKey(one.key, other.key));
  return pairs;
}

/**
 * Platforms on which every two values of different switches meet at least once. Each sets all switches, one after the other,
 * to the value that meets most of those that it has not met yet: some twenty platforms hold a thousand pairs.
 */
function coverPairs(): Platform[] {
  const left = allPairs();
  const random = createRandom(1);
  const platforms: Platform[] = [];
  for (let first = [...left][0]; first !== undefined; first = [...left][0]) {
    const chosen: Setting[] = first.split('&');
    const named = new Map(chosen.map((key) => [key.slice(0, key.indexOf('=')), key]));
    for (const own of random.shuffle(settings)) {
      const [{ name = '' } = {}] = own;
      if (named.has(name)) continue;
      const met = own.map(({ key }) => ({
        key,
        met: chosen.filter((other) => left.has(pairKey(key, other))).length,
      }));
      const most = Math.max(...met.map((one) => one.met));
      const { key } = random.pick(met.filter((one) => one.met === most));
      chosen.push(key);
      named.set(name, key);
    }
    for (const [index, one] of chosen.entries())
      for (const other of chosen.slice(index + 1)) left.delete(pairKey(one, other));
    const quirks = readQuirks(chosen.join(','));
    const unusual = [...named].filter(([name, key]) => key !== `${name}=${switches.get(name)?.usual}`);
    platforms.push({ name: unusual.map(([, key]) => key).join(', '), quirks });
  }
  return platforms;
}

/** Platforms on which every two answers meet. */
export const pairs: readonly Platform[] = coverPairs();

/** The hardest platform that there is. */
export const hardest: Platform = { name: 'the harshest', quirks: harshest };
