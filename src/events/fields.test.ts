import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { eventColumns } from '../api/events';
import { event as pageEvent } from '../dashboard/page/api/answers';
import { hasRecipient, isEvent, isKnown, type MailgunEvent } from './event';
import { entriesOf, type Field, type Fields } from './field';
import { eventFields, isPublic, storedFields } from './fields';
import { readJsonEvent } from './json';

const read = (data: object): MailgunEvent => {
  const event = readJsonEvent({ id: 'x', timestamp: 1_700_000_000, ...data }, 0);
  if (event === null) throw new Error('This is an event');
  return event;
};

describe('the table of fields', () => {
  const delivered = read({ event: 'delivered', recipient: 'alice@example.com' });

  it('has every field of an event that was read, and no other', () => {
    expect(Object.keys(delivered).sort()).toEqual(Object.keys(eventFields).sort());
  });

  it('fits what was read: the schema changes nothing', () => {
    expect(v.parse(v.strictObject(entriesOf(eventFields)), delivered)).toEqual(delivered);
  });

  it('has a place in the current format for every field that is kept as told', () => {
    const asTold = (table: Fields, place: string): object => {
      const { told, kind } = table[place] ?? {};
      return Object.fromEntries(
        told ? told.json.slice(-1).map((name) => [name, kind === 'count' ? 7 : 'text']) : [],
      );
    };
    for (const [part, name] of [
      ['delivery-status', 'deliveryStatus'],
      ['client-info', 'clientInfo'],
      ['geolocation', 'geolocation'],
    ] as const) {
      const { parts } = eventFields[name];
      for (const field of Object.keys(parts)) {
        const event = read({ event: 'failed', [part]: asTold(parts, field) });
        expect(
          Object.entries(event[name] ?? {}).filter(([, value]) => value !== null),
          field,
        ).toHaveLength(1);
      }
    }
  });

  it('has examples that are values', () => {
    for (const [name, { schema, example }] of Object.entries<Fields[string]>(storedFields))
      if (example !== undefined) expect(v.is(schema, example), name).toBe(true);
  });

  it('has its public fields in the documentation of the API', () => {
    const documentation = readFileSync('docs/api.md', 'utf8');
    const parts = Object.values<Field>(storedFields).flatMap((field) => Object.keys(field.parts ?? {}));
    // The flags are one word there.
    const names = [...Object.keys(storedFields).filter(isPublic), ...parts].filter(
      (name) => !Object.hasOwn(storedFields.flags.parts, name),
    );
    expect(names.filter((name) => !documentation.includes(`"${name}"`))).toEqual([]);
  });

  it('has every column of the CSV, and what the page reads', () => {
    const fieldAt = (path: string) => {
      const [name = '', part] = path.split('.');
      const table: Fields = storedFields;
      return isPublic(name) && (part === undefined || Object.hasOwn(table[name]?.parts ?? {}, part));
    };
    expect(eventColumns.filter((path) => !fieldAt(path))).toEqual([]);
    expect(Object.keys(pageEvent.entries).filter((name) => !fieldAt(name))).toEqual([]);
  });
});

describe('the union of events', () => {
  it('tells the types apart without a cast', () => {
    const failed = read({ event: 'failed', severity: 'permanent', recipient: 'alice@example.com' });
    if (!isKnown(failed) || !hasRecipient(failed) || failed.event !== 'failed')
      throw new Error('It is a failure');
    expectTypeOf(failed.event).toEqualTypeOf<'failed'>();
    expectTypeOf(failed.recipient).toEqualTypeOf<string>();
    expect(failed.classification).toBe('unclassified');
  });

  it('keeps a type that nobody knows apart', () => {
    expect(isKnown(read({ event: 'newfangled' }))).toBe(false);
    expect(isKnown(read({ event: 'toString' }))).toBe(false);
  });

  it('has no failure without a classification, and none of anything else', () => {
    const failed = read({ event: 'failed' });
    const opened = read({ event: 'opened' });
    expect([failed, opened].map(isEvent)).toEqual([true, true]);
    expect(isEvent({ ...failed, classification: null })).toBe(false);
    expect(isEvent({ ...opened, classification: 'bounce' })).toBe(false);
  });
});
