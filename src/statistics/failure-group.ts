import * as v from 'valibot';
import type { StoredEvent } from '../event-log/stored-event';
import { providerOf } from '../events/provider';
import { dimensionOf, nameOfDimension } from './dimension';

/** Stands for all domains, or all codes, that are not kept apart. */
export const others = '*';

const group = v.pipe(
  v.tuple([v.nullable(v.string()), v.string(), v.string(), v.nullable(v.string())]),
  v.transform(([domain, provider, classification, code]) => ({ domain, provider, classification, code })),
);

/** Failures of one sending domain, provider, class and code. */
export type FailureGroup = v.InferOutput<typeof group>;

export function failureDimension({ domain, provider, classification, code }: FailureGroup): string {
  return dimensionOf('failure', JSON.stringify([domain, provider, classification, code]));
}

/** The group of a dimension, null when it is of another kind. @throws ValiError when the group cannot be read */
export function failureGroupOf(dimension: string): FailureGroup | null {
  const name = nameOfDimension('failure', dimension);
  return name === null ? null : v.parse(group, JSON.parse(name));
}

/** The dimension of a failure, null for any other event. */
export function dimensionOfFailure(
  event: Pick<
    StoredEvent,
    'classification' | 'domain' | 'failureCode' | 'recipientDomain' | 'recipientProvider'
  >,
): string | null {
  const { classification, domain, failureCode: code } = event;
  return classification === null
    ? null
    : failureDimension({ domain, provider: providerOf(event), classification, code });
}
