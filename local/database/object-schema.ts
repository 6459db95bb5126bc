import * as v from 'valibot';
import { isRecord } from './json';

/**
 * A schema for objects of which every field has a certain kind of value. (`v.record` drops fields that are named like what
 * all objects inherit, and a query without its condition matches everything.)
 */
export function objectOf<T>(value: v.GenericSchema<unknown, T>): v.GenericSchema<unknown, Record<string, T>> {
  return v.custom<Record<string, T>>(
    (input) => isRecord(input) && Object.values(input).every((one) => v.is(value, one)),
  );
}

/** A schema for any object. */
export const anyObject = objectOf(v.unknown());
