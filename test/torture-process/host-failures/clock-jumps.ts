import { join } from 'node:path';
import { ours } from '../apps';
import { clockAt, setClock, writeClock } from '../clock';
import { brokenPromises } from '../figure-table';
import { figuresOf } from '../figures';
import { WebhookDelivery } from '../mailgun';
import { planNotices } from '../notices';
import { SpaceProcess, signingKey } from '../space-process';
import { readStoredFacts } from '../stored-facts';
import { withFolder } from '../temporary-folder';
import { waitUntilIdle } from '../wait-until-idle';
import type { HostFailureResult } from './host-failure-result';

const hour = 3_600_000;
/** By how much the space's clock is wrong while each part of the events arrives. */
const jumps = [0, 23 * hour, 0, 25 * hour, -25 * hour, 0];

/**
 * Lets the clock of a running space jump forward and back while Mailgun's stays right. Ahead by more
 * than the accepted age, the space must take every signature for stale and refuse it; behind by more than the
 * tolerance, it must put every one off. All else is accepted, and what is stored is counted once.
 */
export function clockJumps(seed: number): Promise<HostFailureResult> {
  return withFolder(async (folder) => {
    const space = { directory: join(folder, 'space'), clockFile: join(folder, 'clock.json') };
    writeClock(space.clockFile, clockAt(Date.now()));
    const notices = await planNotices({ seed, recipients: 120, now: Date.now() / 1000, plain: true });
    const part = Math.ceil(notices.length / jumps.length);
    const process = await SpaceProcess.serving(space);
    const broken: string[] = [];
    const told: WebhookDelivery[] = [];
    let refused = 0;
    try {
      const webhook = { url: `${process.url}/mailgun/events`, signingKey };
      for (const [index, jump] of jumps.entries()) {
        await setClock(space.clockFile, Date.now() + jump);
        const deliveries = notices
          .slice(index * part, (index + 1) * part)
          .map((notice) => new WebhookDelivery(notice, 'same'));
        await Promise.all(deliveries.map((delivery) => delivery.attempt(webhook, Date.now())));
        const answered = deliveries.flatMap((delivery) => (delivery.isOver ? [delivery.account()] : []));
        const ended = answered.filter(({ outcome }) => outcome === 'acknowledged').length;
        const isWrong = jump < 0 || jump > 24 * hour;
        refused += answered.filter(({ outcome }) => outcome === 'refused').length;
        if (ended !== (isWrong ? 0 : deliveries.length))
          broken.push(`${ended} of ${deliveries.length} acknowledged with the clock off by ${jump / hour} h`);
        // What was rightly refused is no event for the figures.
        if (!isWrong) told.push(...deliveries);
      }
    } finally {
      await process.kill();
    }
    const rest = await waitUntilIdle(space, Date.now() + 25 * hour, 60_000);
    const accounts = told.map((delivery) => delivery.account());
    const figures = figuresOf(accounts, await readStoredFacts(space.directory), ours.keeps);
    return {
      saw: `${figures.acknowledged} of ${figures.sent} acknowledged while off by up to 23 h, ${refused} refused as stale while off by more than a day, lost ${figures.lost}, counted twice ${figures.countedTwice}, audit clean: ${rest.isDone}`,
      broken: [
        ...broken,
        ...brokenPromises(figures),
        ...rest.differences,
        ...(rest.isDone ? [] : ['not every stored event was processed']),
      ],
    };
  });
}
