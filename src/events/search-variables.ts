import * as v from 'valibot';

/** Longest value that is searched for, in characters: longer ones are texts and not names of something. */
const maxValueLength = 200;

const variables = v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.unknown()));
const scalar = v.union([v.string(), v.number(), v.boolean()]);

/**
 * What an event can be found by: `order_id:1234` for each of some variables that has one value.
 * @param userVariables JSON text, as an event has it
 * @param names which variables are searched for
 */
export function searchableVariables(userVariables: string | null, names: readonly string[]): string[] {
  if (userVariables === null || names.length === 0) return [];
  const parsed = v.safeParse(variables, userVariables);
  if (!parsed.success) return [];
  return names.flatMap((name) => {
    const value = v.safeParse(scalar, Object.hasOwn(parsed.output, name) ? parsed.output[name] : undefined);
    if (!value.success) return [];
    const text = String(value.output);
    return text === '' || text.length > maxValueLength ? [] : [`${name}:${text}`];
  });
}
