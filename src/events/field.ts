import * as v from 'valibot';

/** Where Mailgun tells a field. Of several places the first that says something counts. */
export interface Told {
  /** Paths in `event-data`, or in the object of the field's group: `account.id`. */
  readonly json: readonly [string, ...string[]];
  /** Names of a field in a legacy form. */
  readonly form?: readonly string[];
}

/** One field of an event: its schema, and what the API's documentation and an erasure need to know of it. */
export interface Field<Schema extends v.GenericSchema = v.GenericSchema> {
  readonly schema: Schema;
  readonly kind: 'text' | 'time' | 'number' | 'count' | 'flag' | 'texts' | 'group';
  readonly isNullable: boolean;
  readonly example: unknown;
  readonly description?: string;
  /** The only values that a text may have. */
  readonly values?: readonly string[];
  /** Of a group. */
  readonly parts?: Fields;
  /** Of a field that is kept as Mailgun tells it. */
  readonly told?: Told;
  /** Whether it goes when the person of the event is erased. */
  readonly isPersonal?: boolean;
  /** Whether the API leaves it out. */
  readonly isInternal?: boolean;
}
export type Fields = { readonly [Name in string]: Field };

/** What the values of some fields are. */
export type ValuesOf<Table extends Fields> = {
  -readonly [Name in keyof Table]: v.InferOutput<Table[Name]['schema']>;
};
type Entries<Table extends Fields> = { -readonly [Name in keyof Table]: Table[Name]['schema'] };

type More = Pick<Field, 'description' | 'isPersonal' | 'isInternal' | 'told'>;

/** The schemas of some fields by name, as `v.object` takes them. */
export function entriesOf<Table extends Fields>(table: Table): Entries<Table>;
export function entriesOf(table: Fields): Record<string, v.GenericSchema> {
  return Object.fromEntries(Object.entries(table).map(([name, { schema }]) => [name, schema]));
}

const nullableText = v.optional(v.nullable(v.string()), null);
const nullableNumber = v.optional(v.nullable(v.number()), null);

/** A text that every event has. */
export const required = (example: string, more: More = {}) =>
  ({ schema: v.string(), kind: 'text', isNullable: false, example, ...more }) as const;

/** A text, null where there is none. */
export const text = (example: string | null = null, more: More = {}) =>
  ({ schema: nullableText, kind: 'text', isNullable: true, example, ...more }) as const;

/** A text that is empty where there is none. */
export const textOrEmpty = (example: string, more: More = {}) =>
  ({ schema: v.optional(v.string(), ''), kind: 'text', isNullable: false, example, ...more }) as const;

/** An ISO time that every event has. */
export const requiredTime = (more: More = {}) =>
  ({
    schema: v.string(),
    kind: 'time',
    isNullable: false,
    example: '2026-11-24T04:10:23.000Z',
    ...more,
  }) as const;

/** An ISO time, null where it has not happened. */
export const time = (more: More = {}) =>
  ({
    schema: nullableText,
    kind: 'time',
    isNullable: true,
    example: '2026-11-24T04:10:23.000Z',
    ...more,
  }) as const;

/** A number with a fraction that every event has. */
export const requiredNumber = (example: number, more: More = {}) =>
  ({ schema: v.number(), kind: 'number', isNullable: false, example, ...more }) as const;

/** A whole number, null where there is none. */
export const count = (example: number | null, more: More = {}) =>
  ({ schema: nullableNumber, kind: 'count', isNullable: true, example, ...more }) as const;

/** A whole number, zero where there is none. */
export const countOrZero = (example: number, more: More = {}) =>
  ({ schema: v.optional(v.number(), 0), kind: 'count', isNullable: false, example, ...more }) as const;

/** Yes or no; no where nothing is said. */
export const flag = (more: More = {}) =>
  ({
    schema: v.optional(v.boolean(), false),
    kind: 'flag',
    isNullable: false,
    example: false,
    ...more,
  }) as const;

/** Some texts, none where nothing is said. */
export const texts = (example: readonly string[], more: More = {}) =>
  ({
    schema: v.optional(v.array(v.string()), []),
    kind: 'texts',
    isNullable: false,
    example,
    ...more,
  }) as const;

/** Some texts in their order, in whatever order they were added. */
export const sortedTexts = (example: readonly string[], more: More = {}) =>
  ({
    ...texts(example, more),
    schema: v.optional(
      v.pipe(
        v.array(v.string()),
        v.transform((values) => [...values].sort()),
      ),
      [],
    ),
  }) as const;

/** One of some texts. */
export const oneOf = <const Values extends readonly string[]>(
  values: Values,
  example: Values[number],
  more: More = {},
) => ({ schema: v.picklist(values), kind: 'text', isNullable: false, values, example, ...more }) as const;

/** One of some texts, the first where nothing is said. */
export const oneOfOrFirst = <const Values extends readonly [string, ...string[]]>(
  values: Values,
  more: More = {},
) =>
  ({
    schema: v.optional(v.picklist(values), values[0]),
    kind: 'text',
    isNullable: false,
    values,
    example: values[0],
    ...more,
  }) as const;

/** One of some texts, null where there is none. */
export const oneOfOrNull = <const Values extends readonly string[]>(
  values: Values,
  example: Values[number],
  more: More = {},
) =>
  ({
    schema: v.optional(v.nullable(v.picklist(values)), null),
    kind: 'text',
    isNullable: true,
    values,
    example,
    ...more,
  }) as const;

/** Fields that belong together, null where there are none. */
export const group = <Parts extends Fields>(parts: Parts, more: More & { example?: null } = {}) =>
  ({
    schema: v.optional(v.nullable(v.object(entriesOf(parts))), null),
    kind: 'group',
    isNullable: true,
    example: undefined,
    parts,
    ...more,
  }) as const;
