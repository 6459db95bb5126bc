import type { Field, Fields } from '../../events/field';
import { count, flag, list, nullable, object, oneOf, type Schema, type Schemas, text, time } from './schema';

function plainSchema({ kind, example, values, parts }: Field): Schema {
  switch (kind) {
    case 'text':
      return values ? { ...oneOf(...values), example } : text(String(example ?? ''));
    case 'time':
      return time;
    case 'number':
      return { type: 'number', example };
    case 'count':
      return count(Number(example ?? 0));
    case 'flag':
      return flag(example === true);
    case 'texts':
      return { ...list(text(Array.isArray(example) ? String(example[0] ?? '') : '')), example };
    case 'group':
      return object(schemasOf(parts ?? {}));
  }
}

function schemaOf(field: Field): Schema {
  const { isNullable, example, description } = field;
  const plain = plainSchema(field);
  const schema = isNullable ? nullable(plain, ...(example === undefined ? [] : [example])) : plain;
  return { ...schema, ...(description && { description }) };
}

/** The schemas of the fields that the API shows, with the table's examples and descriptions. */
export function schemasOf(fields: Fields): Schemas {
  const shown = Object.entries(fields).filter(([, { isInternal }]) => !isInternal);
  return Object.fromEntries(shown.map(([name, field]) => [name, schemaOf(field)]));
}
