import * as v from 'valibot';

/** A time as the analytics APIs take it, in milliseconds since 1970. */
export const rfc2822 = v.pipe(
  v.string(),
  v.regex(/^(Sun|Mon|Tue|Wed|Thu|Fri|Sat), \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} [+-]\d{4}$/),
  v.transform((text) => Date.parse(text)),
);

/** The filter by one domain. */
export const domainFilter = v.object({
  AND: v.tuple([
    v.object({
      attribute: v.literal('domain'),
      comparator: v.literal('='),
      values: v.tuple([v.object({ label: v.string(), value: v.string() })]),
    }),
  ]),
});
