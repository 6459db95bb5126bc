import type { Counter } from '../statistics/counter-table';
import type { Thresholds } from './level';

/** What a rule is applied to: each by itself. */
export type ScopeKind = 'all' | 'domain' | 'provider' | 'tag';

/** What a value of a rule is: a share from 0 to 1, minutes, or a number of things. */
export type Unit = 'share' | 'minutes' | 'count';

/** What a rule measures. */
export type Measure =
  /** A share of two sums of counters. */
  | { readonly kind: 'share'; readonly of: Counter; readonly per: readonly Counter[] }
  /** A share of which the numerator is no counter; `special-shares.ts` knows how. */
  | { readonly kind: 'specialShare'; readonly name: 'senderBlocked' | 'webhooksMiss' }
  /** Deliveries of the last full hour against the same hour of the days before. */
  | { readonly kind: 'stopped' }
  /** What `operation.ts` reads off the state of the app. */
  | { readonly kind: 'operation' };

export interface Rule {
  readonly name: string;
  /** What a person reads: the start of a title. */
  readonly title: string;
  /** What is measured, as the rest of "0.47 % ...". */
  readonly measures: string;
  readonly unit: Unit;
  readonly measure: Measure;
  readonly scopes: readonly ScopeKind[];
  readonly thresholds: Thresholds;
  /** What is other on the free plan, where cron runs once an hour. */
  readonly onFreePlan?: Partial<Thresholds>;
  /** What to do about it, in a sentence or two. */
  readonly advice: string;
}

const everyScope = ['all', 'domain', 'provider', 'tag'] as const;
/** Of rules that measure no mail. */
const always = { minVolume: 0, minCount: 0, windowHours: 1 } as const;

/** All rules. Where a default comes from stands in `docs/alerts.md`. */
export const ruleTable = [
  {
    name: 'complaints',
    title: 'Complaints',
    measures: 'of the mail at providers that report complaints',
    unit: 'share',
    measure: { kind: 'share', of: 'complaints', per: ['deliveredToReporting'] },
    scopes: everyScope,
    thresholds: { warn: 0.001, critical: 0.003, minVolume: 1000, minCount: 5, windowHours: 24 },
    advice:
      'Stop the campaign. Gmail and Yahoo refuse mail from 0.3 % on: write only to those who asked for it, and make it easy to unsubscribe.',
  },
  {
    name: 'hard-bounces',
    title: 'Hard bounces',
    measures: 'of the mail that was tried',
    unit: 'share',
    measure: { kind: 'share', of: 'hardBounces', per: ['sent'] },
    scopes: everyScope,
    thresholds: { warn: 0.02, critical: 0.05, minVolume: 500, minCount: 10, windowHours: 24 },
    advice:
      'Stop the campaign and look where the list comes from: these addresses do not exist, or a provider refuses you (see sender-blocked).',
  },
  {
    name: 'sender-blocked',
    title: 'Sender blocked',
    measures: 'of the mail that was tried was refused because of its sender',
    unit: 'share',
    measure: { kind: 'specialShare', name: 'senderBlocked' },
    scopes: ['provider'],
    thresholds: { warn: 0.05, critical: 0.25, minVolume: 100, minCount: 10, windowHours: 2 },
    advice:
      'Pause mail to this provider. Its answer says why: authentication, a block list, or the content. Lift what it has put on lists under "Doubtful" when it takes mail again.',
  },
  {
    name: 'temporary-failures',
    title: 'Temporary failures',
    measures: 'of all attempts',
    unit: 'share',
    measure: { kind: 'share', of: 'temporaryFailures', per: ['sent', 'temporaryFailures'] },
    scopes: ['all', 'domain', 'provider'],
    thresholds: { warn: 0.2, critical: 0.5, minVolume: 500, minCount: 100, windowHours: 2 },
    advice:
      'A provider slows you down or has trouble. Mailgun goes on trying: send less, and look at the answers.',
  },
  {
    name: 'delivery',
    title: 'Not delivered',
    measures: 'of the mail that was tried',
    unit: 'share',
    measure: { kind: 'share', of: 'bounced', per: ['sent'] },
    scopes: everyScope,
    thresholds: { warn: 0.1, critical: 0.2, minVolume: 500, minCount: 50, windowHours: 24 },
    advice:
      'Look at the failures by class and code: they say whether it is the list, the content or the sender.',
  },
  {
    name: 'unsubscribes',
    title: 'Unsubscribes',
    measures: 'of the mail that was delivered',
    unit: 'share',
    measure: { kind: 'share', of: 'unsubscribes', per: ['delivered'] },
    scopes: ['all', 'domain', 'tag'],
    thresholds: { warn: 0.01, critical: 0.02, minVolume: 1000, minCount: 20, windowHours: 24 },
    advice: 'People do not want this mail. Complaints come next: write less often, or to fewer.',
  },
  {
    name: 'deliveries-stopped',
    title: 'Deliveries have stopped',
    measures: 'less than at the same hour of the days before',
    unit: 'share',
    measure: { kind: 'stopped' },
    scopes: ['all', 'domain', 'provider'],
    thresholds: { warn: 0.9, critical: 0.99, minVolume: 100, minCount: 90, windowHours: 1 },
    advice:
      'Is mail still sent? Does the provider refuse it, or does Mailgun hold it? Look at the failures of the last hour.',
  },
  {
    name: 'no-events',
    title: 'No events',
    measures: 'since the last event',
    unit: 'minutes',
    measure: { kind: 'operation' },
    scopes: ['all'],
    thresholds: { warn: 15, critical: 60, minVolume: 0, minCount: 20, windowHours: 1 },
    onFreePlan: { warn: 60, critical: 180 },
    advice: 'Check the webhooks at Mailgun, the signing key and whether mail is sent: npm run verify.',
  },
  {
    name: 'dead-letters',
    title: 'Dead letters',
    measures: 'events that were given up',
    unit: 'count',
    measure: { kind: 'operation' },
    scopes: ['all'],
    thresholds: { ...always, warn: 1, critical: 100 },
    advice: 'Their lastError says why. Mend it and requeue them: nothing is lost.',
  },
  {
    name: 'pending-too-long',
    title: 'Processing is behind',
    measures: 'that the oldest event waits',
    unit: 'minutes',
    measure: { kind: 'operation' },
    scopes: ['all'],
    thresholds: { ...always, warn: 15, critical: 60 },
    onFreePlan: { warn: 180, critical: 360 },
    advice: 'The workers do not keep up, or do not run. Look at the log; nothing is lost meanwhile.',
  },
  {
    name: 'refused-signatures',
    title: 'Signatures refused',
    measures: 'requests in an hour with a wrong signature',
    unit: 'count',
    measure: { kind: 'operation' },
    scopes: ['all'],
    thresholds: { ...always, warn: 20, critical: 200 },
    advice:
      'If the signing key was changed at Mailgun, set MAILGUN_WEBHOOK_SIGNING_KEY to the new one and keep the old one behind a comma: Mailgun does not send again what was refused, only a back-fill brings it.',
  },
  {
    name: 'backfill-behind',
    title: 'Back-fill is behind',
    measures: "since Mailgun's events were last compared",
    unit: 'minutes',
    measure: { kind: 'operation' },
    scopes: ['domain'],
    thresholds: { ...always, warn: 180, critical: 1440 },
    onFreePlan: { warn: 360 },
    advice: 'It catches up by itself when Mailgun answers again. Mailgun keeps events for a few days only.',
  },
  {
    name: 'backfill-refused',
    title: 'Back-fill is refused',
    measures: 'for which Mailgun has refused for an hour',
    unit: 'count',
    measure: { kind: 'operation' },
    scopes: ['all', 'domain'],
    thresholds: { ...always, warn: 1, critical: null },
    advice: 'Check MAILGUN_API_KEY and MAILGUN_DOMAINS: what webhooks miss stays missing meanwhile.',
  },
  {
    name: 'webhooks-miss',
    title: 'Webhooks miss events',
    measures: 'of the events were brought by the back-fill only',
    unit: 'share',
    measure: { kind: 'specialShare', name: 'webhooksMiss' },
    scopes: ['domain'],
    thresholds: { warn: 0.01, critical: 0.1, minVolume: 100, minCount: 10, windowHours: 6 },
    advice: 'Are the webhooks of all types registered for this domain? npm run verify tells.',
  },
  {
    name: 'lists-differ',
    title: "Mailgun's lists differ from ours",
    measures: 'differences in the last nightly comparison',
    unit: 'count',
    measure: { kind: 'operation' },
    scopes: ['domain'],
    thresholds: { ...always, warn: 20, critical: 1000 },
    advice:
      'They were taken over. Many of them mean that webhooks miss events, or that somebody changes the lists at Mailgun.',
  },
  {
    name: 'numbers-differ',
    title: "Our numbers differ from Mailgun's",
    measures: "events of the last days that differ from Mailgun's count for no reason that is known",
    unit: 'count',
    measure: { kind: 'operation' },
    scopes: ['all', 'domain'],
    thresholds: { ...always, warn: 1, critical: 1000 },
    advice:
      "GET /api/reconciliation and the page under Trouble name the days and the events. npm run reconcile compares them anew; what Mailgun's record no longer lists stays different.",
  },
  {
    name: 'mailgun-threshold',
    title: 'A threshold at Mailgun was hit',
    measures: 'hit',
    unit: 'count',
    measure: { kind: 'operation' },
    scopes: ['all'],
    thresholds: { ...always, warn: 1, critical: null },
    advice: 'It was set at Mailgun under Send Alerts.',
  },
] as const satisfies readonly Rule[];

export type RuleName = (typeof ruleTable)[number]['name'];

/** A rule with the thresholds that are in force. */
export interface RuleInForce extends Rule {
  readonly name: RuleName;
}

/** The names of all rules. */
export const ruleNames: readonly RuleName[] = ruleTable.map(({ name }) => name);

/** Whether a rule is off. */
export function isOff({ thresholds }: Pick<Rule, 'thresholds'>): boolean {
  return thresholds.warn === null && thresholds.critical === null;
}

/** Whether the hours that a rule looks at can be chosen. */
export function hasWindow({ measure }: Pick<Rule, 'measure'>): boolean {
  return measure.kind === 'share' || measure.kind === 'specialShare';
}
