import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import { createHttpClient } from '../tools/http-client';
import { encodeDeliveredEvent } from './delivered-event';
import type { SpaceProcess } from './space-process';

export interface Throughput {
  events: number;
  acknowledgedPerSecond: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
  /** Events per second from the first request until all effects are visible. */
  processedPerSecond: number;
}

const summary = v.object({ totals: v.object({ delivered: v.number() }) });
const batchSize = 5000;

/** Sends unique events over a number of connections, and waits until every one of them is counted. */
export async function measureThroughput(
  space: SpaceProcess,
  events: number,
  connections: number,
): Promise<Throughput> {
  const client = createHttpClient(connections);
  const webhook = new URL(`${space.url}/mailgun/events`);
  const summaryUrl = new URL(`${space.url}/api/summary`);
  const headers = { 'content-type': 'application/json' };
  const times: number[] = [];
  let sending = 0;
  const start = performance.now();
  try {
    for (let sent = 0; sent < events; sent += batchSize) {
      // Signed in advance, so that the sender's work does not count as the receiver's.
      const bodies = Array.from({ length: Math.min(batchSize, events - sent) }, (_, n) =>
        Buffer.from(
          encodeDeliveredEvent(sent + n, {
            recipient: `person${(sent + n) % 50_000}@example.com`,
            tags: ['newsletter', `campaign-${(sent + n) % 20}`],
          }).body,
        ),
      );
      const began = performance.now();
      const worker = async () => {
        for (let body = bodies.pop(); body !== undefined; body = bodies.pop()) {
          const asked = performance.now();
          const { status } = await client.send(webhook, { method: 'POST', headers, body });
          if (status !== 200) throw new Error(`An event was answered ${status}.`);
          times.push(performance.now() - asked);
        }
      };
      await Promise.all(Array.from({ length: connections }, worker));
      sending += performance.now() - began;
    }
    const apiHeaders = { 'x-apikey': space.apiKey };
    let counted = 0;
    while (counted < events) {
      const { text } = await client.send(summaryUrl, { method: 'GET', headers: apiHeaders });
      counted = v.parse(summary, JSON.parse(text)).totals.delivered;
      if (counted < events) await sleep(200);
    }
  } finally {
    client.close();
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return {
    events,
    acknowledgedPerSecond: events / (sending / 1000),
    p50: at(0.5),
    p99: at(0.99),
    processedPerSecond: events / ((performance.now() - start) / 1000),
  };
}
