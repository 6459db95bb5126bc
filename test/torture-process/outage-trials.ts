import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../../tools/simulate/plan/random';
import type { AppUnderTest } from './apps';
import { clockAt, setClock, writeClock } from './clock';
import { deliverInSteps } from './deliver-in-steps';
import { type Fate, openFaultProxy } from './fault-proxy';
import { type Figures, figuresOf } from './figures';
import { sendForgeries } from './forgeries';
import type { Account, RetrySignature } from './mailgun';
import { type Notice, planNotices } from './notices';
import { type ProcessSettings, SpaceProcess, signingKey } from './space-process';
import { readStoredFacts, writeSubscribers } from './stored-facts';
import { withFolder } from './temporary-folder';
import { finishJobs, type Rest, waitUntilIdle } from './wait-until-idle';

export interface CampaignSettings {
  readonly seed: number;
  readonly recipients: number;
  readonly retrySignature: RetrySignature;
}

export interface CampaignResult {
  readonly figures: Figures;
  readonly accounts: readonly Account[];
  /** Ours only. */
  readonly rest: Rest | null;
}

type Weather = 'clear' | 'down' | 'answers 503' | 'slow' | 'loses answers';

/** What the way to the space goes through, from which minute on. */
const forecast: readonly (readonly [from: number, Weather])[] = [
  [0, 'clear'],
  [20, 'down'],
  [45, 'clear'],
  [55, 'answers 503'],
  [65, 'clear'],
  [70, 'slow'],
  [85, 'loses answers'],
  [100, 'clear'],
  [150, 'loses answers'],
  [170, 'clear'],
];
/** Minutes over which the events happen. */
const spread = 120;

function weatherAt(minute: number): Weather {
  return forecast.filter(([from]) => from <= minute).at(-1)?.[1] ?? 'clear';
}

function fateIn(weather: Weather, chance: (probability: number) => boolean): Fate {
  if (weather === 'answers 503') return { kind: 'is answered 503' };
  if (weather === 'loses answers' && chance(0.5)) return { kind: 'loses its answer' };
  if (weather === 'slow')
    return chance(0.3) ? { kind: 'comes too late', delay: 100 } : { kind: 'is slow', delay: 200 };
  return { kind: 'passes' };
}

/**
 * Tells an app of the same events as every other one, through the same weather: at first the space works,
 * then its process is killed under load and comes back 25 minutes later, then something in front of it
 * answers 503, then it is slow (for some requests too slow), then half of the answers get lost.
 */
export function runOutageCampaign(app: AppUnderTest, settings: CampaignSettings): Promise<CampaignResult> {
  return withFolder(async (folder) => {
    const from = Date.now();
    const clockFile = join(folder, 'clock.json');
    writeClock(clockFile, clockAt(from));
    const notices = await planNotices({ ...settings, now: from / 1000, plain: true });
    const directory = join(folder, 'space');
    if (app.entry !== undefined) {
      // Kind to the example, which marks addresses only if the mailing list is already there.
      await writeSubscribers(directory, new Set(notices.flatMap(({ event }) => event.recipient ?? [])));
    }
    const space = {
      directory,
      clockFile,
      ...(app.entry === undefined ? {} : { app: app.entry }),
      ...(app.switches === undefined ? {} : { switches: app.switches }),
    };
    const { accounts, ended } = await tellThroughWeather(space, notices, from, settings);
    let rest: Rest | null = null;
    if (app.entry === undefined) rest = await waitUntilIdle(space, ended, 60_000);
    else await finishJobs(space, 30_000);
    return { figures: figuresOf(accounts, await readStoredFacts(directory), app.keeps), accounts, rest };
  });
}

async function tellThroughWeather(
  space: ProcessSettings & { clockFile: string },
  notices: readonly Notice[],
  from: number,
  { seed, retrySignature }: CampaignSettings,
): Promise<{ accounts: Account[]; ended: number }> {
  const random = createRandom(seed);
  let weather: Weather = 'clear';
  const proxy = await openFaultProxy(() => fateIn(weather, random.chance));
  const webhook = { url: `${proxy.url}/mailgun/events`, signingKey };
  let process = await SpaceProcess.serving(space);
  proxy.target = process.url;

  async function before(now: number, passed: number) {
    const wasDown = weather === 'down';
    weather = weatherAt(passed);
    await setClock(space.clockFile, now);
    if (wasDown && weather !== 'down') {
      process = await SpaceProcess.serving(space);
      proxy.target = process.url;
    }
    return webhook;
  }

  async function during(): Promise<void> {
    if (weather !== 'down' || process.isOver) return;
    await sleep(random.between(0, 30));
    await process.kill();
    proxy.target = null;
  }

  try {
    const told = await deliverInSteps({ notices, retrySignature, spread, from, before, during });
    const caught = told.accounts.filter(({ outcome }) => outcome === 'acknowledged').at(-1)?.stamp;
    const present = Math.floor(told.ended / 1000);
    await sendForgeries(webhook.url, signingKey, present, caught ?? { timestamp: present, token: 'none' });
    return told;
  } finally {
    await process.stop();
    await proxy.close();
  }
}
