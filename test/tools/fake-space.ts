import { createServer, type Server } from 'node:http';
import { expectedOf, type Plan, type SimulatedEvent, type Statistics } from '../../tools/simulate';
import { subscriberAddress } from '../../tools/simulate/plan/model';
import { listen } from '../http/listen';

export interface FakeSpace {
  readonly url: string;
  readonly apiKey: string;
  /** Adds events as another sender's requests would. */
  tell(events: readonly SimulatedEvent[]): void;
  close(): Promise<void>;
}

/** How the space misbehaves. */
export interface FakeSpaceSettings {
  /** Refuses genuine events, as with another key. */
  readonly refuseAll?: boolean;
  /** Breaks the connection or answers 503 at every n-th request, half of them after storing. */
  readonly troubleEvery?: number;
  /** Counts every n-th event twice, under another id. */
  readonly countTwiceEvery?: number;
  /** Events that were told before, by another run. */
  readonly before?: readonly SimulatedEvent[];
}

const apiKey = 'key-of-the-fake-space';

function iso(time: number | undefined): string | null {
  return time === undefined ? null : new Date(time).toISOString();
}

function campaignDocument({ total, days, firstEventAt, lastEventAt }: Statistics) {
  return {
    counters: total,
    rest: { days: Object.fromEntries(days), firstEventAt: iso(firstEventAt), lastEventAt: iso(lastEventAt) },
  };
}

/**
 * A space that knows the plan: it recognises a request by its token and answers as the contract says.
 * It verifies nothing; what it does is to make the sender and the comparison testable without the app.
 */
export async function startFakeSpace(plan: Plan, settings: FakeSpaceSettings = {}): Promise<FakeSpace> {
  const genuine = new Map<string, SimulatedEvent>();
  const forged = new Map<string, string>();
  for (const delivery of plan.deliveries) {
    if (delivery.purpose !== 'forgery') genuine.set(delivery.stamp.token, delivery.event);
    else forged.set(delivery.stamp.token, delivery.expectedRefusal);
  }
  const stored = new Set<SimulatedEvent>(settings.before);
  let requests = 0;

  function receive(body: string): { status: number; answer: object } {
    const tokens = [...body.matchAll(/\b[0-9a-f]{50}\b/g)].map(([text]) => text);
    const refusal = tokens.map((token) => forged.get(token)).find((code) => code !== undefined);
    const event = tokens.map((token) => genuine.get(token)).find((found) => found !== undefined);
    if (refusal !== undefined && (event === undefined || body.includes('ghost-'))) {
      return { status: 406, answer: { error: refusal } };
    }
    if (event === undefined || settings.refuseAll)
      return { status: 406, answer: { error: 'invalid_signature' } };
    const duplicate = stored.has(event);
    stored.add(event);
    if (settings.countTwiceEvery && stored.size % settings.countTwiceEvery === 0) {
      stored.add({ ...event, id: `${event.id}-again` });
    }
    return {
      status: 200,
      answer: { received: true, queued: true, id: event.id, ...(duplicate ? { duplicate } : {}) },
    };
  }

  function read(path: string): object | undefined {
    const { all, tags, providers, failures, subscribers } = expectedOf(stored);
    const [, kind, name] = /^\/dev\/api\/(\w+)\/?([^?]*)/.exec(path) ?? [];
    if (kind === 'summary') {
      const { counters, rest } = campaignDocument(all);
      return {
        totals: counters,
        ...rest,
        providers: [...providers].map(([provider, { total }]) => ({ provider, totals: total })),
      };
    }
    if (kind === 'failures') {
      const asked = new URLSearchParams(path.split('?')[1]).get('from') ?? '';
      const groups = [...failures].filter(([text]) => text.startsWith(asked));
      return {
        items: groups.map(([text, count]) => {
          const [, domain, provider, classification, code = '?'] = text.split(' ');
          return { domain, provider, classification, code: code === '?' ? null : code, failures: count };
        }),
      };
    }
    const items = [...subscribers].map(([email, { status, unsubscribedFrom }]) => {
      return { email, status, unsubscribedFrom: [...(unsubscribedFrom ?? [])] };
    });
    if (kind === 'subscribers' && name === '') {
      const from = Number(new URLSearchParams(path.split('?')[1]).get('cursor') ?? 0);
      return {
        items: items.slice(from, from + 100),
        next: from + 100 < items.length ? String(from + 100) : null,
      };
    }
    const wanted = decodeURIComponent(name ?? '');
    if (kind === 'subscribers') return items.find(({ email }) => email === subscriberAddress(wanted));
    const statistics = tags.get(wanted);
    if (statistics === undefined) return undefined;
    const { counters, rest } = campaignDocument(statistics);
    return { tag: wanted, ...counters, ...rest };
  }

  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const say = (status: number, answer: object) => response.writeHead(status).end(JSON.stringify(answer));
      if (request.method === 'POST') {
        const trouble = settings.troubleEvery ? requests++ % settings.troubleEvery === 0 : false;
        const storesInSpite = requests % 2 === 0;
        if (trouble && !storesInSpite) return say(503, { error: 'unavailable' });
        const { status, answer } = receive(Buffer.concat(chunks).toString());
        return trouble ? request.socket.destroy() : say(status, answer);
      }
      if (request.headers['x-apikey'] !== apiKey) return say(401, { error: 'unauthorized' });
      const answer = read(request.url ?? '');
      return answer === undefined ? say(404, { error: 'not_found' }) : say(200, answer);
    });
  });
  const { url, stop } = await listen(server);
  return {
    url: `${url}/dev`,
    apiKey,
    tell(events) {
      for (const event of events) stored.add(event);
    },
    close: stop,
  };
}
