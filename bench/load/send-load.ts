import { setTimeout as sleep } from 'node:timers/promises';
import { type LoadPlan, type LoadResult, machineClock } from './plan';
import { RawConnection } from './raw-connection';
import { encodeEvent, factsOf } from './signed-event';

/** Milliseconds after which an event that was answered 503 is sent again. */
const pauseAfterRefusal = 100;

/** The requests of a load, whole and signed, with connections to send them over. */
export interface PreparedLoad {
  send(): Promise<LoadResult>;
}

/** A request whose event happens when it is sent: its time is written into it then. */
class EventRequest {
  readonly #bytes: Buffer;
  readonly #timeAt: number;

  constructor(path: string, host: string, body: string) {
    const place = /"event-data":.*?"timestamp":([\d.]+)/d.exec(body)?.indices?.[1];
    if (place === undefined) throw new Error('The event has no time.');
    const text = body.slice(0, place[0]) + nowText() + body.slice(place[1]);
    const head =
      `POST ${path} HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\n` +
      `content-length: ${Buffer.byteLength(text)}\r\n\r\n`;
    this.#bytes = Buffer.from(head + text);
    this.#timeAt = Buffer.byteLength(head + body.slice(0, place[0]));
  }

  /** The request with an event of now. */
  now(): Buffer {
    this.#bytes.write(nowText(), this.#timeAt, 'latin1');
    return this.#bytes;
  }
}

/** Seconds since 1970, always of one length. */
function nowText(): string {
  return (Date.now() / 1000).toFixed(3);
}

export async function prepareLoad(plan: LoadPlan): Promise<PreparedLoad> {
  const { hostname, port, pathname, host } = new URL(plan.url);
  const requests = Array.from({ length: plan.events }, (_, at) => {
    const body = encodeEvent(plan.first + at, factsOf(plan.first + at, plan.tagging));
    return new EventRequest(pathname, host, body);
  });
  const open = () => RawConnection.open(hostname, Number(port));
  const connections = await Promise.all(Array.from({ length: plan.connections }, open));
  return { send: () => sendAll(requests, connections, open, plan.rate) };
}

async function sendAll(
  requests: readonly EventRequest[],
  connections: readonly RawConnection[],
  open: () => Promise<RawConnection>,
  rate: number | undefined,
): Promise<LoadResult> {
  const times = new Float64Array(requests.length);
  const delays = new Float64Array(requests.length);
  const cpuBefore = process.cpuUsage();
  const start = machineClock();
  let next = 0;
  let refused = 0;
  const sendOne = async (connection: RawConnection, at: number, due: number) => {
    const request = requests[at]?.now();
    if (request === undefined) return;
    delays[at] = machineClock() - due;
    let status = await connection.send(request);
    // Too much at once: it comes again, as Mailgun's retries do, and has waited since it was due.
    for (; status === 503; status = await connection.send(request)) {
      refused += 1;
      await sleep(pauseAfterRefusal);
    }
    if (status !== 200) throw new Error(`An event was answered ${status}.`);
    times[at] = machineClock() - due;
  };
  const asFastAsAnswered = async (connection: RawConnection) => {
    while (next < requests.length) await sendOne(connection, next++, machineClock());
  };
  // A request that finds every connection busy gets one of its own: a late answer does not slow the sender.
  const idle = [...connections];
  const sendWhenDue = async (at: number, due: number) => {
    let connection = idle.shift();
    while (connection?.isOpen === false) connection = idle.shift();
    connection ??= await open();
    await sendOne(connection, at, due);
    if (idle.length < connections.length) idle.push(connection);
    else connection.close();
  };
  const atRate = async (perSecond: number) => {
    const answers: Promise<void>[] = [];
    for (let at = 0; at < requests.length; at += 1) {
      const due = start + (at * 1000) / perSecond;
      const early = due - machineClock();
      if (early > 0) await sleep(early);
      const answer = sendWhenDue(at, due);
      // Its failure is thrown below, when all have been sent.
      answer.catch(() => {});
      answers.push(answer);
    }
    await Promise.all(answers);
  };
  try {
    await (rate === undefined ? Promise.all(connections.map(asFastAsAnswered)) : atRate(rate));
  } finally {
    for (const connection of [...connections, ...idle]) connection.close();
  }
  const end = machineClock();
  const { user, system } = process.cpuUsage(cpuBefore);
  return { start, end, times, delays, refused, cpu: user + system };
}
