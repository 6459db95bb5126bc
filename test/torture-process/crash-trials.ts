import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../../tools/simulate/plan/random';
import { ours } from './apps';
import { compareWithModel } from './compare-with-model';
import { deliverInRealTime } from './deliver-in-real-time';
import { openFaultProxy } from './fault-proxy';
import { eventsThatCount, type Figures, figuresOf } from './figures';
import { type Account, WebhookDelivery } from './mailgun';
import { planNotices } from './notices';
import { type ProcessSettings, SpaceProcess, signingKey } from './space-process';
import { readStoredFacts } from './stored-facts';
import { withFolder } from './temporary-folder';
import { waitUntilIdle } from './wait-until-idle';

export interface CrashSettings {
  readonly seed: number;
  readonly recipients: number;
  readonly kills: number;
  /** Every how many lives the compiled app runs instead of the sources; 0: never. */
  readonly bundleEvery: number;
  /** By how much Mailgun's pauses are shortened, so that retries fall into the next few lives. */
  readonly factor: number;
  /** Told of progress, in sentences. */
  readonly log?: (line: string) => void;
}

export interface CrashResult {
  readonly figures: Figures;
  /** How often the process was killed while it started, and while it served. */
  readonly kills: { readonly starting: number; readonly serving: number; readonly ofBundle: number };
  readonly isDone: boolean;
  /** What audit and model find in the end, each a sentence. */
  readonly differences: readonly string[];
  readonly dead: number;
}

const maxLifeMs = 1500;

/**
 * Kills the real process by SIGKILL at random moments while events of every kind and format arrive, some of
 * them twice at the same time, and starts it again on what is on disk. In the end what is stored must be what
 * the model makes of the events in the log, and every acknowledged one must be among them.
 */
export function runCrashCampaign(settings: CrashSettings): Promise<CrashResult> {
  return withFolder(async (folder) => {
    const random = createRandom(settings.seed);
    const now = Date.now() / 1000;
    const notices = await planNotices({ ...settings, now, plain: false });
    const space = { directory: join(folder, 'space'), clockFile: join(folder, 'clock.json') };
    const proxy = await openFaultProxy(() => ({ kind: 'passes' }));
    const webhook = { url: `${proxy.url}/mailgun/events`, signingKey };
    const deliveries = notices.map(
      (notice) => new WebhookDelivery(notice, random.chance(0.5) ? 'same' : 'fresh'),
    );
    const copies = notices
      .filter(() => random.chance(0.1))
      .map((notice) => new WebhookDelivery(notice, 'fresh'));
    const told: Promise<void>[] = [];
    const kills = { starting: 0, serving: 0, ofBundle: 0 };

    function tellPart(life: number): void {
      const from = Math.floor((life * deliveries.length) / settings.kills);
      const to = Math.floor(((life + 1) * deliveries.length) / settings.kills);
      const numbers = new Set(deliveries.slice(from, to).map(({ notice }) => notice.number));
      const part = [...deliveries, ...copies].filter(({ notice }) => numbers.has(notice.number));
      for (const delivery of part)
        told.push(deliverInRealTime(delivery, webhook, random.between(0, maxLifeMs), settings.factor));
    }

    async function liveAndDie(life: number): Promise<void> {
      const bundle = settings.bundleEvery > 0 && life % settings.bundleEvery === settings.bundleEvery - 1;
      const process = new SpaceProcess({ ...realTime(space), bundle });
      try {
        if (random.chance(0.15)) {
          kills.starting += 1;
          tellPart(life);
          await sleep(random.between(0, 2500));
        } else {
          if (!(await process.serves())) throw new Error(`The space did not start again:\n${process.output}`);
          kills.serving += 1;
          if (bundle) kills.ofBundle += 1;
          proxy.target = process.url;
          tellPart(life);
          await sleep(random.between(10, maxLifeMs));
        }
      } finally {
        await process.kill();
        proxy.target = null;
      }
    }

    try {
      for (let life = 0; life < settings.kills; life += 1) {
        await liveAndDie(life);
        if ((life + 1) % 10 === 0) settings.log?.(`killed ${life + 1} times`);
      }
      const last = await SpaceProcess.serving(realTime(space));
      proxy.target = last.url;
      try {
        await Promise.all(told);
      } finally {
        await last.kill();
      }
    } finally {
      proxy.target = null;
      await proxy.close();
    }

    const accounts = accountsOf(deliveries, copies);
    const differences: string[] = [];
    const rest = await waitUntilIdle(space, Date.now(), 90_000, async (url) => {
      const events = eventsThatCount(accounts, await readStoredFacts(space.directory));
      differences.push(...(await compareWithModel(url, events)));
    });
    const stored = await readStoredFacts(space.directory);
    return {
      figures: figuresOf(accounts, stored, ours.keeps),
      kills,
      isDone: rest.isDone,
      differences: [...rest.differences, ...differences],
      dead: stored.dead,
    };
  });
}

function realTime({ directory }: ProcessSettings): ProcessSettings {
  return { directory };
}

/** An event told twice is acknowledged when either was. */
function accountsOf(deliveries: readonly WebhookDelivery[], copies: readonly WebhookDelivery[]): Account[] {
  const acknowledged = new Set(
    copies.flatMap((copy) => (copy.account().outcome === 'acknowledged' ? [copy.notice.number] : [])),
  );
  return deliveries.map((delivery) => {
    const account = delivery.account();
    return acknowledged.has(account.notice.number) ? { ...account, outcome: 'acknowledged' } : account;
  });
}
