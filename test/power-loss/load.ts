import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import { encodeDelivery } from '../../tools/simulate';
import { shortlyBeforeTheSweep, writeClock } from '../torture-process/clock';
import { deliveryOf, type Notice, planNotices, tokenFor } from '../torture-process/notices';
import { apiKey, SpaceProcess, signingKey } from '../torture-process/space-process';
import { Admin, adminToken } from './admin';
import { signedLargeEvent } from './large-event';

/** What a client was answered in so many words, and therefore may rely on. */
export interface Promised {
  /** What the answer holds and no other does. */
  readonly mark: string;
  readonly what:
    | { readonly kind: 'event'; readonly id: string; readonly notice: Notice | null }
    | { readonly kind: 'import' | 'update'; readonly group: string; readonly count: number }
    | { readonly kind: 'key'; readonly key: string }
    | { readonly kind: 'erasure'; readonly address: string };
}

/** A load that was recorded, from the making of the data folder to its last death. */
export interface Recording {
  /** The folder that was recorded. */
  readonly directory: string;
  readonly log: Buffer;
  readonly promised: readonly Promised[];
  /** Milliseconds since 1970 that the space's clock has not passed yet. */
  readonly endsAt: number;
}

export interface LoadSettings {
  readonly seed: number;
  /** Of the campaign; each has some two events. */
  readonly recipients: number;
  /** How long a client of an export does not read, in milliseconds. */
  readonly pause: number;
  readonly largeEvents: number;
  /** Imports, and bulk updates of each. */
  readonly imports: number;
}

/** Variables of every space of this folder's tests; retention removes what {@link longAgo} is about. */
export const variables = { SPACE_ADMIN_TOKEN: adminToken, EVENT_RETENTION_DAYS: '30' };
/** The tag of events that are older than what is kept. */
export const longAgo = 'long-ago';
export const erasedAddress = 'somebody.to.forget@erased.example';

const connections = 12;
const received = v.object({ id: v.string() });

/**
 * Lets a space take in events from its first second on: of every kind and format, large ones, some that are older
 * than what is kept, those of a person who is erased; meanwhile exports are read slowly, documents imported and
 * updated in bulk, keys set that expire. The space is stopped once and killed twice.
 * @param recorder the library of `build-recorder.ts`
 * @param folder an empty folder for the data folder, the record and the clock
 */
export async function recordLoad(recorder: string, folder: string, settings: LoadSettings): Promise<Recording> {
  const { seed, recipients, pause, largeEvents, imports } = settings;
  const [directory, log, clockFile] = ['space', 'record', 'clock.json'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const promised = new Map<string, Promised>();
  const promise = (mark: string, what: Promised['what']) => promised.set(mark, { mark, what });
  const env = {
    ...variables,
    LD_PRELOAD: recorder,
    RECORD_FOLDER: directory,
    RECORD_LOG: log,
    UV_USE_IO_URING: '0',
  };
  writeClock(clockFile, shortlyBeforeTheSweep(Date.now()));

  let url = '';
  /** Posts until the answer is 200, through deaths of the space. */
  async function tell(contentType: string, body: BodyInit, notice: Notice | null): Promise<void> {
    for (;;) {
      const answer = await fetch(`${url}/mailgun/events`, {
        method: 'POST',
        headers: { 'content-type': contentType },
        body,
      }).then(
        async (response) => ({ status: response.status, text: await response.text() }),
        () => null,
      );
      if (answer?.status === 200) {
        const { id } = v.parse(received, JSON.parse(answer.text));
        promise(`"id":${JSON.stringify(id)}`, { kind: 'event', id, notice });
        return;
      }
      if (answer !== null && answer.status < 500) throw new Error(`${answer.status}: ${answer.text}`);
      await sleep(50);
    }
  }
  async function tellAll(notices: readonly Notice[]): Promise<void> {
    const waiting = [...notices];
    const lane = async () => {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        const delivery = deliveryOf(next, Math.floor(Date.now() / 1000), tokenFor(next));
        const { contentType, body } = await encodeDelivery(delivery, signingKey);
        await tell(contentType, body, next);
      }
    };
    await Promise.all(Array.from({ length: connections }, lane));
  }
  async function importAndUpdate(): Promise<void> {
    const admin = new Admin(url);
    for (let number = 0; number < imports; number += 1) {
      const group = `group-${number}`;
      const count = 1101 + 2 * number;
      const items = Array.from({ length: count }, (_, index) => ({ _id: `${group}-${index}`, group, value: 0 }));
      await admin.restore('imported', items);
      promise(`"count":${count}}`, { kind: 'import', group, count });
      // One more, so that the answer to the update is told from that to the import.
      await admin.restore('imported', [{ _id: `${group}-more`, group, value: 0 }]);
      await admin.update('imported', { group }, { $set: { value: 1 } });
      promise(`"count":${count + 1}}`, { kind: 'update', group, count: count + 1 });
      await admin.setKey(`key-${number}`, number, 3_600_000);
      promise(`"key":"key-${number}"`, { kind: 'key', key: `key-${number}` });
    }
  }
  async function erase(): Promise<void> {
    const path = `/api/subscribers/${encodeURIComponent(erasedAddress)}`;
    const answer = await fetch(`${url}${path}`, { method: 'DELETE', headers: { 'x-apikey': apiKey } });
    if (answer.status !== 200) throw new Error(`The erasure answers ${answer.status}.`);
    promise('"erased":true', { kind: 'erasure', address: erasedAddress });
  }

  const notices = await planNotices({ seed, recipients, now: Date.now() / 1000, plain: false });
  const third = Math.ceil(notices.length / 3);
  const [first, second, last] = [0, 1, 2].map((part) => notices.slice(part * third, (part + 1) * third)) as [
    Notice[],
    Notice[],
    Notice[],
  ];
  const others = await planNotices({ seed: seed + 1, recipients: 12, now: Date.now() / 1000, plain: true });
  const special = others.slice(0, 12).map((notice, index): Notice => {
    const event = { ...notice.event, kind: 'delivered' as const, failure: undefined, flags: {} };
    return {
      ...notice,
      number: notices.length + index,
      event:
        index % 2 === 0
          ? { ...event, recipient: erasedAddress }
          : { ...event, recipient: `old-${index}@long.ago.example`, at: event.at - 40 * 86_400, tags: [longAgo] },
    };
  });

  async function live(work: (admin: Admin) => Promise<void>, end: 'stop' | 'kill'): Promise<void> {
    const space = await SpaceProcess.serving({ directory, clockFile, env });
    url = space.url ?? '';
    try {
      await work(new Admin(url));
    } finally {
      await space[end]();
    }
  }
  await live(async (admin) => {
    const more = tellAll([...special, ...second]);
    await tellAll(first);
    for (let number = 0; number < largeEvents; number += 1) {
      const { contentType, body } = signedLargeEvent(number);
      await tell(contentType, body, null);
    }
    await Promise.all([admin.exportSlowly('email_events', pause), more, importAndUpdate()]);
    await erase();
  }, 'stop');
  const half = Math.ceil(last.length / 2);
  await live(async (admin) => {
    const slow = admin.exportSlowly('email_events', 2 * pause);
    await tellAll(last.slice(0, half));
    await Promise.race([slow, sleep(pause)]);
  }, 'kill');
  await live(() => tellAll(last.slice(half)), 'kill');
  const endsAt = shortlyBeforeTheSweep(Date.now()).shows + 60_000;
  return { directory, log: readFileSync(log), promised: [...promised.values()], endsAt };
}
