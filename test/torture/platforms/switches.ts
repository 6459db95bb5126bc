import { type Quirks, switches } from '../../../local/switches/quirks';

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

/** Every two values of different switches. */
export const pairs: readonly Platform[] = singles.flatMap((first, index) =>
  singles
    .slice(index + 1)
    .filter((second) => second.switch !== first.switch)
    .map((second) => ({
      name: `${first.name}, ${second.name}`,
      quirks: { ...first.quirks, ...second.quirks },
    })),
);
