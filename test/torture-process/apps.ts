import type { Keeps } from './figures';

/** An app that the campaign is run against. */
export interface AppUnderTest {
  readonly name: string;
  /** Its entry; undefined for ours. */
  readonly entry: string | undefined;
  /** Undefined: the local space's own. */
  readonly quirks: string | undefined;
  readonly keeps: Keeps;
}

/**
 * The published example gets the kindest answer to everything that Codehooks leaves open, so that what goes
 * wrong is the example's own doing. Ours gets what is known, and the harshest where nothing is.
 */
const kindest = [
  'afterResponse=runs',
  'thrownErrorStatus=500',
  'noMatch=null',
  'duplicateInsert=rejects',
  'upsertByQuery=keepsId',
  'upsertResult=document',
  'failedJob=retried',
  'jobDelivery=once',
  'jobOrder=fifo',
  'incrTtl=renews',
  'cronOverlap=skipped',
  'clientGone=goesOn',
  'lateJob=goesOn',
  'oddIds=allowed',
  'updatePaths=nested',
  'formRawBody=present',
].join(',');

const example = (name: string, file: string, keeps: Keeps): AppUnderTest => ({
  name: `example: ${name}`,
  entry: `test/fixtures/published-example/${file}.js`,
  quirks: kindest,
  keeps,
});

export const ours: AppUnderTest = {
  name: 'this app',
  entry: undefined,
  quirks: undefined,
  keeps: { campaigns: true, subscribers: true },
};

export const campaignAnalytics = example('campaign analytics', 'campaign-analytics', {
  campaigns: true,
  subscribers: true,
});

export const examples: readonly AppUnderTest[] = [
  example('event handler', 'event-handler', { campaigns: false, subscribers: false }),
  campaignAnalytics,
  example('async worker', 'async-worker', { campaigns: false, subscribers: true }),
  example('replay prevention', 'replay-prevention', { campaigns: false, subscribers: false }),
];
