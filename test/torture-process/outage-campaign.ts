import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../../tools/simulate/plan/random';
import type { AppUnderTest } from './apps';
import { Clock, writeClock } from './clock';
import { comeToRest, finishJobs, type Rest } from './come-to-rest';
import { type Fate, openFaultProxy } from './fault-proxy';
import { type Figures, figuresOf } from './figures';
import { sendForgeries } from './forgeries';
import { type Account, type RetrySignature, sendLikeMailgun } from './mailgun-sender';
import { planNotices } from './notices';
import { type ProcessSettings, SpaceProcess, signingKey } from './space-process';
import { readStoredFacts, writeSubscribers } from './stored-facts';
import { withFolder } from './temporary-folder';

export interface CampaignSettings {
  readonly seed: number;
  readonly recipients: number;
  /** How much faster than real the campaign's clock runs, at Mailgun as at the space. */
  readonly factor: number;
  readonly retrySignature: RetrySignature;
}

export interface CampaignResult {
  readonly figures: Figures;
  readonly accounts: readonly Account[];
  /** Ours only. */
  readonly rest: Rest | null;
}

type Weather = 'clear' | 'down' | 'answers 503' | 'slow' | 'loses answers';

/** What the way to the space goes through while events happen, each for so many real milliseconds. */
const forecast: readonly (readonly [Weather, number])[] = [
  ['clear', 1500],
  ['down', 2500],
  ['clear', 1000],
  ['answers 503', 1500],
  ['clear', 500],
  ['slow', 2000],
  ['loses answers', 2000],
  ['clear', 1000],
];

/** After so many real milliseconds the sender takes an answer for lost. */
const timeout = 4000;

/**
 * Tells an app of the same events as every other one, through the same weather: at first the space works,
 * then its process is killed and comes back, then something in front of it answers 503, then it is slow (for
 * some requests too slow), then half of the answers get lost. Mailgun's retries go on for eight hours of the
 * campaign's clock.
 */
export function runOutageCampaign(app: AppUnderTest, settings: CampaignSettings): Promise<CampaignResult> {
  return withFolder(async (folder) => {
    const clock = Clock.startingNow(settings.factor);
    const clockFile = join(folder, 'clock.json');
    writeClock(clockFile, clock.setting);
    const now = clock.now() / 1000;
    const notices = await planNotices({ ...settings, now, plain: true });
    const directory = join(folder, 'space');
    if (app.entry !== undefined) {
      // Kind to the example, which marks addresses only if the mailing list is already there.
      await writeSubscribers(directory, new Set(notices.flatMap(({ event }) => event.recipient ?? [])));
    }
    const space: ProcessSettings = {
      directory,
      clockFile,
      ...(app.entry === undefined ? {} : { app: app.entry }),
      ...(app.quirks === undefined ? {} : { quirks: app.quirks }),
    };
    const accounts = await sendThroughWeather(space, notices, clock, settings);
    const ended = clock.now();
    let rest: Rest | null = null;
    if (app.entry === undefined) rest = await comeToRest({ ...space, clockFile }, ended, 60_000);
    else await finishJobs(space, 30_000);
    return { figures: figuresOf(accounts, await readStoredFacts(directory), app.keeps), accounts, rest };
  });
}

async function sendThroughWeather(
  space: ProcessSettings,
  notices: Awaited<ReturnType<typeof planNotices>>,
  clock: Clock,
  { seed, retrySignature }: CampaignSettings,
): Promise<Account[]> {
  const random = createRandom(seed);
  let weather: Weather = 'clear';
  const fateOf = (): Fate => {
    if (weather === 'answers 503') return { kind: 'is answered 503' };
    if (weather === 'loses answers' && random.chance(0.5)) return { kind: 'loses its answer' };
    if (weather === 'slow')
      return { kind: 'is slow', delay: random.chance(0.2) ? 5000 : random.between(50, 400) };
    return { kind: 'passes' };
  };
  const proxy = await openFaultProxy(fateOf);
  let process = await SpaceProcess.serving(space);
  proxy.target = process.url;

  async function passTheWeather(): Promise<void> {
    for (const [next, duration] of forecast) {
      weather = next;
      if (next === 'down') {
        proxy.target = null;
        await process.kill();
      }
      await sleep(duration);
      if (next === 'down') {
        process = await SpaceProcess.serving(space);
        proxy.target = process.url;
      }
    }
  }

  try {
    const url = `${proxy.url}/mailgun/events`;
    const spread = forecast.reduce((sum, [, duration]) => sum + duration, 0);
    const sent = sendLikeMailgun({ notices, url, signingKey, clock, retrySignature, spread, timeout });
    const [accounts] = await Promise.all([sent, passTheWeather()]);
    const caught = [...accounts].reverse().find(({ outcome }) => outcome === 'acknowledged')?.stamp;
    const present = Math.floor(clock.now() / 1000);
    await sendForgeries(url, signingKey, present, caught ?? { timestamp: present, token: 'none' });
    return accounts;
  } finally {
    await process.stop();
    await proxy.close();
  }
}
