import type { AlertRule, Thresholds } from '../api/alert-answers';

/** What a person types for each threshold of a rule. */
export type ThresholdTexts = Readonly<Record<keyof Thresholds, string>>;

export interface ThresholdField {
  name: keyof Thresholds;
  label: string;
  /** How many of the unit that is typed make one of the API's. */
  factor: number;
  mayBeEmpty: boolean;
}

const units = {
  share: { name: '%', factor: 100 },
  minutes: { name: 'minutes', factor: 1 },
  count: { name: 'count', factor: 1 },
} as const;

/** The thresholds of a rule that can be changed. */
export function fieldsOf({ unit, hasWindow }: Pick<AlertRule, 'unit' | 'hasWindow'>): ThresholdField[] {
  const { name, factor } = units[unit];
  const level = { factor, mayBeEmpty: true };
  const whole = { factor: 1, mayBeEmpty: false };
  return [
    { name: 'warn', label: `Warning from (${name})`, ...level },
    { name: 'critical', label: `Critical from (${name})`, ...level },
    { name: 'minCount', label: 'Minimum count', ...whole },
    { name: 'minVolume', label: 'Minimum volume', ...whole },
    ...(hasWindow ? [{ name: 'windowHours' as const, label: 'Window (hours)', ...whole }] : []),
  ];
}

/** Without the noise of binary fractions: 7 % is 0.07. */
const rounded = (value: number) => Number(value.toPrecision(12));

export function textsOf(rule: AlertRule, thresholds: Thresholds): ThresholdTexts {
  const texts = { warn: '', critical: '', minCount: '', minVolume: '', windowHours: '' };
  for (const { name, factor } of fieldsOf(rule)) {
    const value = thresholds[name];
    texts[name] = value === null ? '' : String(rounded(value * factor));
  }
  return texts;
}

/** What is other than by default, as the API takes it, or a sentence that says what cannot be read. */
export type ReadTexts = { change: Partial<Thresholds> } | { problem: string };

export function readTexts(rule: AlertRule, texts: ThresholdTexts): ReadTexts {
  const entries: [keyof Thresholds, number | null][] = [];
  for (const { name, label, factor, mayBeEmpty } of fieldsOf(rule)) {
    const text = texts[name].trim().replace(',', '.');
    if (!/^(\d+(\.\d+)?)?$/.test(text) || (text === '' && !mayBeEmpty))
      return {
        problem: `${label}: write a number such as ${rule.unit === 'share' && mayBeEmpty ? '0.3' : '20'}${mayBeEmpty ? ', or nothing for never' : ''}.`,
      };
    const value = text === '' ? null : rounded(Number(text) / factor);
    if (value !== rule.defaults[name]) entries.push([name, value]);
  }
  return { change: Object.fromEntries(entries) };
}
