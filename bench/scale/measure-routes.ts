import { createHttpClient } from '../../tools/http-client';
import type { SpaceProcess } from '../space-process';

/** Every route that reads, as people and programs ask for it. */
export const routes = [
  '/api/summary',
  '/api/summary?from=LAST_MONTH&to=TODAY',
  '/api/summary?domain=shop.example.com',
  '/api/timeline',
  '/api/timeline?by=hour&from=LAST_WEEK',
  '/api/timeline?by=hour&from=LAST_WEEK&tag=campaign-3',
  '/api/timeline?tag=campaign-3&from=LAST_MONTH',
  '/api/campaigns',
  '/api/campaigns?sort=-delivered',
  '/api/campaigns?sort=-open',
  '/api/campaigns?search=campaign-4',
  '/api/campaigns/campaign-3',
  '/api/subscribers',
  '/api/subscribers?status=bounced&limit=10',
  '/api/subscribers?search=person1',
  '/api/subscribers?changedSince=LAST_WEEK',
  '/api/subscribers/person1@outlook.com?limit=5',
  '/api/suppressions/person1@outlook.com',
  '/api/events',
  '/api/events?limit=1000',
  '/api/events?recipient=person1@outlook.com',
  '/api/events?tag=campaign-3',
  '/api/events?event=complained&limit=10',
  '/api/events?domain=news.example.com',
  '/api/events?classification=hard_bounce&limit=10',
  '/api/messages/7@mail.example.com',
  '/api/events?from=LAST_WEEK',
  '/api/refusals',
  '/api/dead',
  '/health',
] as const;

function daysAgo(days: number): string {
  return new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
}

/** The time in milliseconds below which a share of the samples lies. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function pathOf(route: string): string {
  return route
    .replace('LAST_MONTH', daysAgo(29))
    .replace('LAST_WEEK', daysAgo(6))
    .replace('TODAY', daysAgo(0));
}

/**
 * Asks every space for every route many times, one request after another and the spaces in turn, so that what
 * else the machine does hits all alike.
 * @returns milliseconds by route, of each space
 */
export async function measureRoutes(
  spaces: ReadonlyArray<Pick<SpaceProcess, 'url' | 'apiKey'>>,
  rounds: number,
): Promise<Array<Map<string, number[]>>> {
  const client = createHttpClient(1);
  const samples = spaces.map(() => new Map<string, number[]>(routes.map((route) => [route, []])));
  try {
    // The first rounds warm up.
    for (let round = -2; round < rounds; round += 1) {
      for (const route of routes) {
        for (const [at, space] of spaces.entries()) {
          const asked = performance.now();
          const { status, text } = await client.send(new URL(space.url + pathOf(route)), {
            method: 'GET',
            headers: { 'x-apikey': space.apiKey },
          });
          if (round >= 0) samples[at]?.get(route)?.push(performance.now() - asked);
          if (status !== 200) throw new Error(`${route} was answered ${status}: ${text}`);
        }
      }
    }
  } finally {
    client.close();
  }
  return samples;
}

/** Reads the whole event log as CSV and watches the memory of the space meanwhile. */
export async function measureCsv(
  space: SpaceProcess,
): Promise<{ rows: number; bytes: number; seconds: number; grownMegabytes: number | null }> {
  const before = space.memory()?.now ?? null;
  let largest = before;
  let rows = 0;
  let bytes = 0;
  const start = performance.now();
  const response = await fetch(`${space.url}/api/events.csv`, { headers: { 'x-apikey': space.apiKey } });
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    for (const byte of chunk) if (byte === 10) rows += 1;
    const now = space.memory()?.now ?? null;
    if (now !== null && largest !== null) largest = Math.max(largest, now);
  }
  return {
    rows: rows - 1,
    bytes,
    seconds: (performance.now() - start) / 1000,
    grownMegabytes: before === null || largest === null ? null : Math.round((largest - before) / 1e6),
  };
}
