import * as v from 'valibot';
import type { Walk } from '../../../src/mailgun-client/circle';
import { followCursor } from '../../follow-cursor';
import { createHttpClient } from '../../http-client';
import { CannotSimulate, NoAnswer } from '../errors/cannot-simulate';
import {
  type Counters,
  counterNames,
  emptyCounters,
  emptyStatistics,
  type Statistics,
  statuses,
  textOfGroup,
} from '../plan/model';

/** Where a space is read. */
export interface SpaceAccess {
  /** Base of the space, such as `http://localhost:3000/dev`. */
  readonly url: string;
  readonly apiKey: string;
}

/** A subscriber as the space holds it. */
export type StoredSubscriber = v.InferOutput<typeof subscriber>;

/** The space's own account of what happened: everything that the simulator knows of the read API. */
export interface SpaceReader {
  /** The numbers of all mail, and those of each mailbox provider. */
  readSummary(): Promise<{ all: Statistics; providers: Map<string, Counters> }>;
  /** The numbers of one tag; zero when the space does not know it. */
  readCampaign(tag: string): Promise<Statistics>;
  /** The failures of a UTC day, by the text of their group. */
  readFailures(day: string): Promise<Map<string, number>>;
  /** Every subscriber, page by page. */
  readSubscribers(): AsyncGenerator<StoredSubscriber>;
  hasSubscriber(address: string): Promise<boolean>;
  close(): void;
}

const counters = v.record(v.string(), v.unknown());
const days = v.optional(v.record(v.string(), counters), {});
const time = v.optional(v.nullable(v.pipe(v.string(), v.isoTimestamp())));
const campaign = v.looseObject({ tag: v.string(), days, firstEventAt: time, lastEventAt: time });
const summary = v.object({
  totals: counters,
  days,
  firstEventAt: time,
  lastEventAt: time,
  providers: v.array(v.object({ provider: v.string(), totals: counters })),
});
const subscriber = v.object({
  email: v.string(),
  status: v.picklist(statuses),
  unsubscribedFrom: v.optional(v.nullable(v.array(v.string()))),
});
const failures = v.object({
  items: v.array(
    v.object({
      domain: v.nullable(v.string()),
      provider: v.string(),
      classification: v.string(),
      code: v.nullable(v.string()),
      failures: v.number(),
    }),
  ),
});
const subscriberPage = v.object({ items: v.array(subscriber), next: v.nullable(v.string()) });
const count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** Absent counters are zero. @throws v.ValiError for what is not a count */
function readCounters(document: Readonly<Record<string, unknown>>): Counters {
  const result = emptyCounters();
  for (const name of counterNames) result[name] = v.parse(v.optional(count, 0), document[name]);
  return result;
}

interface StatisticsDocument {
  readonly numbers: Readonly<Record<string, unknown>>;
  readonly days: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly firstEventAt?: string | null | undefined;
  readonly lastEventAt?: string | null | undefined;
}

function readStatistics({ numbers, days, firstEventAt, lastEventAt }: StatisticsDocument): Statistics {
  return {
    total: readCounters(numbers),
    days: new Map(Object.entries(days).map(([day, document]) => [day, readCounters(document)])),
    firstEventAt: firstEventAt ? Date.parse(firstEventAt) : undefined,
    lastEventAt: lastEventAt ? Date.parse(lastEventAt) : undefined,
  };
}

/** Opens the read API of a space. Each method throws CannotSimulate, in a sentence, when it cannot be read. */
export function createSpaceReader({ url, apiKey }: SpaceAccess): SpaceReader {
  const base = url.replace(/\/+$/, '');
  const client = createHttpClient(4);

  async function get(path: string): Promise<{ status: number; text: string }> {
    const answer = await client
      .send(new URL(`${base}${path}`), {
        method: 'GET',
        headers: { 'x-apikey': apiKey, accept: 'application/json' },
      })
      .catch((error: unknown) => {
        const detail = error instanceof Error ? error.message : 'unknown error';
        throw new NoAnswer(
          `No answer from ${base} (${detail}). Is the space running? Start it with "npm start".`,
        );
      });
    if (answer.status === 401 || answer.status === 403) {
      throw new CannotSimulate(
        'The space refuses the API key: give the right one with --api-key or SPACE_API_KEY.',
      );
    }
    if (answer.status >= 500) throw new NoAnswer(`GET ${base}${path} answered ${answer.status}.`);
    return answer;
  }

  function parse<Schema extends v.GenericSchema>(
    schema: Schema,
    path: string,
    text: string,
  ): v.InferOutput<Schema> {
    try {
      return v.parse(schema, JSON.parse(text));
    } catch (error) {
      const detail = v.isValiError(error)
        ? `${v.getDotPath(error.issues[0]) ?? 'body'}: ${error.message}`
        : 'not JSON';
      throw new CannotSimulate(`GET ${path} answered something else than expected (${detail}).`);
    }
  }

  async function read<Schema extends v.GenericSchema>(
    schema: Schema,
    path: string,
  ): Promise<v.InferOutput<Schema>> {
    const { status, text } = await get(path);
    if (status === 200) return parse(schema, path, text);
    throw new CannotSimulate(`GET ${base}${path} answered ${status}. Is ${base} the base of the space?`);
  }

  return {
    async readSummary() {
      const { totals, providers, ...rest } = await read(summary, '/api/summary');
      return {
        all: readStatistics({ ...rest, numbers: totals }),
        providers: new Map(providers.map(({ provider, totals: own }) => [provider, readCounters(own)])),
      };
    },

    async readCampaign(tag) {
      const path = `/api/campaigns/${encodeURIComponent(tag)}`;
      const { status, text } = await get(path);
      if (status === 404) return emptyStatistics();
      if (status !== 200) throw new CannotSimulate(`GET ${path} answered ${status}.`);
      const document = parse(campaign, path, text);
      return readStatistics({ ...document, numbers: document });
    },

    async readFailures(day) {
      const { items } = await read(failures, `/api/failures?from=${day}&to=${day}`);
      return new Map(items.map((item) => [textOfGroup({ day, ...item }), item.failures]));
    },

    async *readSubscribers() {
      let walk: Walk | null = null;
      for (let cursor: string | null = ''; cursor !== null; ) {
        const from = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
        const page: v.InferOutput<typeof subscriberPage> = await read(
          subscriberPage,
          `/api/subscribers?limit=1000${from}`,
        );
        yield* page.items;
        cursor = page.next;
        if (cursor !== null) walk = followCursor(walk, cursor);
      }
    },

    async hasSubscriber(address) {
      const path = `/api/subscribers/${encodeURIComponent(address)}`;
      const { status } = await get(path);
      if (status !== 200 && status !== 404) throw new CannotSimulate(`GET ${path} answered ${status}.`);
      return status === 200;
    },

    close: () => client.close(),
  };
}
