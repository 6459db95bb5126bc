import type { Quirks } from '../../../local/quirks';

/** Answers of the platform that nobody documents, other than the local space's defaults. */
export interface Platform {
  readonly name: string;
  readonly quirks: Partial<Quirks>;
}

/** Every value of every switch that is not the default. The type demands an entry for each switch. */
const others: { readonly [Name in keyof Quirks]: readonly Quirks[Name][] } = {
  afterResponse: ['runs'],
  thrownErrorStatus: [500],
  noMatch: ['null', 'unchanged'],
  duplicateInsert: ['rejects'],
  upsertByQuery: ['keepsId'],
  upsertResult: ['document', 'id'],
  failedJob: ['retried'],
  jobDelivery: ['twice'],
  jobOrder: ['fifo'],
  incrTtl: ['renews'],
  envInjection: ['afterLoad'],
  cronOverlap: ['skipped'],
  formRawBody: ['absent'],
  oversizeBody: ['refused'],
  otherResults: ['null'],
  defaultLimit: [2],
  restart: ['losesJobs'],
  instances: [2],
};

/** Every switch by itself. */
export const singles: readonly (Platform & { readonly switch: string })[] = Object.entries(others).flatMap(
  ([name, values]) =>
    values.map((value) => ({ switch: name, name: `${name}: ${value}`, quirks: { [name]: value } })),
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
