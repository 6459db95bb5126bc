import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { ours } from '../apps';
import { brokenPromises } from '../figure-table';
import { figuresOf } from '../figures';
import { WebhookDelivery } from '../mailgun';
import { planNotices } from '../notices';
import { SpaceProcess, signingKey } from '../space-process';
import { readStoredFacts } from '../stored-facts';
import { withFolder } from '../temporary-folder';
import { waitUntilIdle } from '../wait-until-idle';
import { type HostFailureResult, skip } from './host-failure-result';
import { mountSmall, unmount } from './mount';

/** Writes a file until nothing more fits. */
function fillUp(file: string): void {
  const descriptor = openSync(file, 'w');
  try {
    for (const size of [65_536, 4096, 512, 16]) {
      const part = Buffer.alloc(size, 1);
      try {
        while (writeSync(descriptor, part) === size);
      } catch {
        // Full for parts of this size.
      }
    }
  } finally {
    closeSync(descriptor);
  }
}

/** Tells of events before, while and after the disk is full; what fails meanwhile is Mailgun's to retry. */
export function fullDisk(seed: number): Promise<HostFailureResult> {
  return withFolder(async (folder) => {
    const disk = join(folder, 'disk');
    mkdirSync(disk);
    if (!mountSmall(disk, 64)) return skip('this user may not mount a file system');
    try {
      return await tellWhileFull(seed, folder, disk);
    } finally {
      unmount(disk);
    }
  });
}

async function tellWhileFull(seed: number, folder: string, disk: string): Promise<HostFailureResult> {
  const space = { directory: join(disk, 'space'), clockFile: join(folder, 'clock.json') };
  const notices = await planNotices({ seed, recipients: 120, now: Date.now() / 1000, plain: false });
  const deliveries = notices.map((notice) => new WebhookDelivery(notice, 'same'));
  const process = await SpaceProcess.serving({ directory: space.directory });
  const filler = join(disk, 'filler');
  let due: WebhookDelivery[] = deliveries;
  try {
    const webhook = { url: `${process.url}/mailgun/events`, signingKey };
    const tellFirst = async (count: number) => {
      const [now, later] = [due.slice(0, count), due.slice(count)];
      const again: WebhookDelivery[] = [];
      for (const delivery of now) {
        if ((await delivery.attempt(webhook, Date.now())) !== null) again.push(delivery);
      }
      due = [...later, ...again];
    };
    await tellFirst(Math.floor(deliveries.length / 3));
    fillUp(filler);
    await tellFirst(Math.floor(deliveries.length / 3));
    rmSync(filler);
    while (due.length > 0) await tellFirst(due.length);
    const broken = process.isOver ? [`the process ended:\n${process.output}`] : [];
    await process.kill();

    const rest = await waitUntilIdle(space, Date.now(), 60_000);
    const accounts = deliveries.map((delivery) => delivery.account());
    const figures = figuresOf(accounts, await readStoredFacts(space.directory), ours.keeps);
    const replies = accounts.flatMap((account) => account.replies);
    const odd = replies.filter((reply) => reply !== 200 && reply !== 503);
    const failed = replies.filter((reply) => reply === 503).length;
    return {
      saw: `${failed} of ${replies.length} requests answered 503, lost ${figures.lost}, counted twice ${figures.countedTwice}, audit clean: ${rest.isDone}`,
      broken: [
        ...broken,
        ...brokenPromises(figures),
        ...rest.differences,
        ...(rest.isDone ? [] : ['not every stored event was processed']),
        ...(odd.length === 0 ? [] : [`replies ${[...new Set(odd)].join(', ')}`]),
        ...(failed > 0 ? [] : ['the full disk was not noticed']),
      ],
    };
  } finally {
    await process.kill();
    rmSync(filler, { force: true });
  }
}
