import type { App } from '../app/app';

/** One line of what `/metrics` answers. */
export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

/** A name with its labels, as in a query. */
export function addressOf({ name, labels }: Pick<Sample, 'name' | 'labels'>): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`;
}

function readSample(line: string): Sample {
  const [, name = '', labels = '', value = ''] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
  const pairs = [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, label = '', text = '']) => [label, text]);
  return { name, labels: Object.fromEntries(pairs), value: Number(value) };
}

/** What a scrape has read. */
export interface Scrape {
  text: string;
  contentType: string | null;
  samples: Sample[];
  all(name: string): Sample[];
  /** The value of a series. @throws when there is none */
  value(name: string, labels?: Record<string, string>): number;
  /** The same by {@link addressOf}. */
  valueAt(address: string): number;
  /** Domains that have series of their own. */
  domains(): string[];
}

/** Reads `/metrics` as Prometheus does. */
export async function scrape(app: App, accept = 'text/plain'): Promise<Scrape> {
  const answer = await fetch(`${app.url}/metrics`, { headers: { 'x-apikey': app.apiKey, accept } });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`/metrics answers ${answer.status}: ${text}`);
  const samples = text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map(readSample);
  const byAddress = new Map(samples.map((sample) => [addressOf(sample), sample.value]));
  const valueAt = (address: string) => {
    const value = byAddress.get(address);
    if (value === undefined) throw new Error(`There is no series ${address}`);
    return value;
  };
  return {
    text,
    contentType: answer.headers.get('content-type'),
    samples,
    all: (name) => samples.filter((sample) => sample.name === name),
    value: (name, labels = {}) => valueAt(addressOf({ name, labels })),
    valueAt,
    domains: () => [
      ...new Set(
        samples.flatMap(({ name, labels: { domain } }) =>
          name === 'mailgun_domain_events_total' && domain !== undefined && domain !== 'other'
            ? [domain]
            : [],
        ),
      ),
    ],
  };
}
