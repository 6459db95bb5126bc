import * as v from 'valibot';
import { setting, settingsReader } from './setting';

/** What the app asks Codehooks for. Apart from the rest: a slip in it must not keep webhooks out. */
export const planSettings = v.object({
  plan: setting('CODEHOOKS_PLAN', 'paid', v.picklist(['paid', 'free', ''], 'must be paid or free')),
});

const readPlanSettings = settingsReader(planSettings);

/** What an app may ask for on a plan of Codehooks. */
export interface Plan {
  readonly plan: 'paid' | 'free';
  /** When cron brings back, counts and cleans. */
  readonly maintenance: string;
  /** When cron looks whether somebody is to be told of something. Two jobs of the same text would be one. */
  readonly alerts: string;
  /** When cron asks Mailgun what no webhook has brought. */
  readonly backfill: string;
  /** When cron goes on comparing Mailgun's lists, not in the same minute as the back-fill: both ask Mailgun. */
  readonly listComparison: string;
  /** When cron goes on comparing numbers with Mailgun's, in minutes of its own. */
  readonly reconciliation: string;
  /** How many events are given their effects at once. */
  readonly workers: number;
  /** How many destinations are told at once. */
  readonly deliveryWorkers: number;
  /** How many domains are compared with Mailgun's record at once. */
  readonly backfillWorkers: number;
  /** How long a run of one domain begins further pages: a worker may take ten minutes on a paid plan. */
  readonly backfillMs: number;
  /** Age after which a pending event means that processing is stuck: cron has failed several times to bring it back. */
  readonly stuckAfterSeconds: number;
}

const paid: Plan = {
  plan: 'paid',
  maintenance: '* * * * *',
  alerts: '*/1 * * * *',
  backfill: '*/5 * * * *',
  listComparison: '2-59/5 * * * *',
  reconciliation: '4-59/10 * * * *',
  workers: 50,
  deliveryWorkers: 20,
  backfillWorkers: 4,
  backfillMs: 240_000,
  stuckAfterSeconds: 900,
};

/** Cron runs once an hour there, and one job of a topic at a time. */
const free: Plan = {
  plan: 'free',
  maintenance: '0 * * * *',
  alerts: '10 * * * *',
  backfill: '30 * * * *',
  listComparison: '45 * * * *',
  reconciliation: '55 * * * *',
  workers: 1,
  deliveryWorkers: 1,
  backfillWorkers: 1,
  backfillMs: 20_000,
  stuckAfterSeconds: 3 * 3600,
};

/** The plan of the space as its owner has set it. A setting that cannot be read keeps nothing from running. */
export function readPlan(): Plan {
  const result = readPlanSettings();
  return 'settings' in result && result.settings.plan === 'free' ? free : paid;
}
