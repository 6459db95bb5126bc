import * as v from 'valibot';

const number = v.pipe(
  v.number('it must be a number, or null.'),
  v.finite('it must be a number, or null.'),
  v.gtValue(0, 'it must be above 0, or null.'),
);
const whole = v.pipe(
  v.number('it must be a whole number.'),
  v.integer('it must be a whole number.'),
  v.minValue(0, 'it must not be below 0.'),
);

/** What is other about a rule of the alerts than by default. Shares are from 0 to 1; null: not at this level. */
export const thresholdChange = v.strictObject(
  {
    warn: v.optional(v.nullable(number)),
    critical: v.optional(v.nullable(number)),
    minVolume: v.optional(whole),
    minCount: v.optional(whole),
    windowHours: v.optional(
      v.pipe(whole, v.minValue(1, 'it must be from 1 to 24.'), v.maxValue(24, 'it must be from 1 to 24.')),
    ),
  },
  'only warn, critical, minVolume, minCount and windowHours can be changed.',
);
export type ThresholdChange = v.InferOutput<typeof thresholdChange>;
