import type { Facts } from './facts';
import { type Family, type Labels, type Sample, storedName } from './family';

/** The two text formats that Prometheus reads. */
export const formats = {
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
} as const;
export type Format = keyof typeof formats;

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function labelled(name: string, labels: Labels): string {
  const pairs = Object.entries(labels).map(
    ([label, value]) => `${label}="${escaped(value).replaceAll('"', '\\"')}"`,
  );
  return pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`;
}

/** A bound as OpenMetrics writes it. The same in both formats, or a change of format would begin other series. */
function boundText(bound: number): string {
  if (bound === Number.POSITIVE_INFINITY) return '+Inf';
  return Number.isInteger(bound) ? `${bound}.0` : String(bound);
}

/** The samples of a family with their full names. */
function samplesOf(family: Family, facts: Facts): Array<Sample & { name: string }> {
  const name = storedName(family);
  if (family.type !== 'histogram') return family.samples(facts).map((sample) => ({ ...sample, name }));
  return family.samples(facts).flatMap(({ labels, histogram: { buckets, count, sumSeconds } }) => [
    ...buckets.map((bucket) => ({
      name: `${name}_bucket`,
      labels: { ...labels, le: boundText(bucket.boundSeconds) },
      value: bucket.count,
    })),
    { name: `${name}_count`, labels, value: count },
    { name: `${name}_sum`, labels, value: sumSeconds },
  ]);
}

/** Writes families as a scraper reads them. */
export function exposition(families: readonly Family[], facts: Facts, format: Format): string {
  const isOpen = format === 'openmetrics';
  const lines = families.flatMap((family) => {
    // OpenMetrics calls a counter by its name without `_total`, Prometheus with it.
    const name = isOpen ? family.name : storedName(family);
    return [
      `# HELP ${name} ${escaped(family.help)}`,
      `# TYPE ${name} ${family.type}`,
      ...(isOpen && name.endsWith('_seconds') ? [`# UNIT ${name} seconds`] : []),
      ...samplesOf(family, facts).map((sample) => `${labelled(sample.name, sample.labels)} ${sample.value}`),
    ];
  });
  return `${[...lines, ...(isOpen ? ['# EOF'] : [])].join('\n')}\n`;
}
