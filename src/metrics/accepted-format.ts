import type { Format } from './exposition';

/** What a range of media types stands for; the second one is what everybody gets who says nothing. */
const formatOfType = new Map<string, Format>([
  ['application/openmetrics-text', 'openmetrics'],
  ['text/plain', 'prometheus'],
  ['text/*', 'prometheus'],
  ['*/*', 'prometheus'],
]);

/** The weight of a media range, 1 where it names none. */
function weightOf(parameters: readonly string[]): number {
  const [, weight] = /^q=(\d(?:\.\d+)?)$/.exec(parameters.find((one) => one.startsWith('q=')) ?? '') ?? [];
  return weight === undefined ? 1 : Number(weight);
}

/** The format that a request wants most, by its `Accept` header; of two that it wants alike, the first one it names. */
export function acceptedFormat(accept: string): Format {
  let best: { format: Format; weight: number } = { format: 'prometheus', weight: 0 };
  for (const range of accept.toLowerCase().split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
    const format = formatOfType.get(type);
    const weight = weightOf(parameters);
    if (format !== undefined && weight > best.weight) best = { format, weight };
  }
  return best.format;
}
