import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { shortlyBeforeTheSweep, writeClock } from '../torture-process/clock';
import { type Notice, planNotices } from '../torture-process/notices';
import { poll } from '../torture-process/poll';
import { SpaceProcess } from '../torture-process/space-process';
import { Admin, adminToken } from './admin';
import { DiskFaults } from './disk-faults';
import type { Promised } from './promised';
import { Sender } from './sender';

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
  /** Whether the second life lasts until retention has removed what is too old: up to a minute. */
  readonly waitsForRetention: boolean;
}

/** Variables of every space of these tests; retention removes the events of {@link longAgo}. */
export const variables = { SPACE_ADMIN_TOKEN: adminToken, EVENT_RETENTION_DAYS: '30' };
/** The tag of events that are older than what is kept. */
export const longAgo = 'long-ago';
/** The address of somebody who asks to be erased. */
export const erasedAddress = 'somebody.to.forget@erased.example';

/** Variables that make the recorder write down what happens below a folder. */
export const recorded = (recorder: string, directory: string, log: string, faults: DiskFaults) => ({
  ...variables,
  LD_PRELOAD: recorder,
  RECORD_FOLDER: directory,
  RECORD_LOG: log,
  RECORD_FAULTS: faults.file,
});

/**
 * Lets a space take in events from its first second on: of every kind and format, large ones, some that are older
 * than what is kept, those of a person who is erased; meanwhile exports are read slowly, documents imported and
 * updated in bulk, keys set that expire. The space is stopped once and killed twice.
 * @param recorder the library of `build-recorder.ts`
 * @param folder an empty folder for the data folder, the record and the clock
 */
export async function recordLoad(
  recorder: string,
  folder: string,
  settings: LoadSettings,
): Promise<Recording> {
  const { seed, recipients, pause, largeEvents, imports, waitsForRetention } = settings;
  const directory = join(folder, 'space');
  const log = join(folder, 'record');
  const clockFile = join(folder, 'clock.json');
  const faults = new DiskFaults(join(folder, 'faults'));
  const sender = new Sender();
  let notBefore = Date.now();

  async function live(end: 'stop' | 'kill', work: (admin: Admin) => Promise<unknown>): Promise<void> {
    const clock = shortlyBeforeTheSweep(notBefore);
    writeClock(clockFile, clock);
    const env = recorded(recorder, directory, log, faults);
    const space = await SpaceProcess.serving({ directory, clockFile, env });
    sender.url = space.url ?? '';
    try {
      await work(new Admin(sender.url));
    } finally {
      await (end === 'kill' ? faults.kill(space) : space.stop());
      notBefore = clock.shows + Date.now() - clock.at;
    }
  }

  const notices = await planNotices({ seed, recipients, now: Date.now() / 1000, plain: false });
  const part = (from: number, to: number) =>
    notices.slice(Math.floor(from * notices.length), Math.floor(to * notices.length));
  const special = await planSpecial(seed + 1, notices.length);

  await live('stop', async (admin) => {
    const more = sender.tellAll([...special, ...part(0.3, 0.6)]);
    await sender.tellAll(part(0, 0.3));
    for (let number = 0; number < largeEvents; number += 1) await sender.tellLarge(number);
    const slow = admin.exportSlowly('email_events', pause);
    for (let number = 0; number < imports; number += 1) await sender.importAndUpdate(number);
    await Promise.all([slow, more]);
    await sender.erase(erasedAddress);
  });
  await live('kill', async (admin) => {
    const slow = admin.exportSlowly('email_events', 2 * pause);
    await sender.tellAll(part(0.6, 0.8));
    await Promise.race([slow, sleep(pause)]);
    const isRemoved = async () => (await admin.find('email_events', { tags: longAgo })).length === 0;
    if (waitsForRetention && !(await poll(isRemoved, 90_000))) throw new Error('Retention removes nothing.');
  });
  await live('kill', () => sender.tellAll(part(0.8, 1)));
  return { directory, log: readFileSync(log), promised: sender.promised, endsAt: notBefore };
}

/** Some events of the person who is erased, and some that are older than what is kept. */
async function planSpecial(seed: number, firstNumber: number): Promise<Notice[]> {
  const now = Date.now() / 1000;
  const notices = await planNotices({ seed, recipients: 12, now, plain: true });
  // Retention removes one day a minute.
  const oldDay = Math.floor(now / 86_400 - 40) * 86_400;
  return notices.slice(0, 12).map((notice, index) => {
    const { failure, mailingList, ...event } = notice.event;
    const delivered = { ...event, kind: 'delivered' as const, flags: {} };
    const isOld = index % 2 === 0;
    return {
      ...notice,
      number: firstNumber + index,
      event: isOld
        ? {
            ...delivered,
            recipient: `old-${index}@people.example`,
            at: oldDay + index,
            tags: [longAgo],
          }
        : { ...delivered, recipient: erasedAddress },
    };
  });
}
