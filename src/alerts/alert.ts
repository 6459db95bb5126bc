import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { Collection } from '../store/collection';
import type { Connection } from '../store/connection';
import { alertLevels } from './level';
import { ruleNames } from './rules';
import type { Scope } from './scope';

/** What can happen to an alert. The last two are done by persons. */
export const stepKinds = ['opened', 'rose', 'repeated', 'resolved', 'acknowledged', 'muted'] as const;
export type StepKind = (typeof stepKinds)[number];

const nullableText = v.optional(v.nullable(v.string()), null);

const step = v.object({
  /** From 1 on. */
  number: v.number(),
  kind: v.picklist(stepKinds),
  /** ISO. */
  at: v.string(),
  level: v.picklist(alertLevels),
  value: v.number(),
  count: v.number(),
  volume: v.number(),
  details: v.optional(v.array(v.string()), []),
  /** A sentence about it, such as why it is over. */
  word: nullableText,
  by: nullableText,
  /** Of the notice that tells of it, the same on every repeat; null when nobody is told. */
  noticeKey: nullableText,
  /** When the notice was handed over, ISO. */
  publishedAt: nullableText,
});
export type Step = v.InferOutput<typeof step>;

const thresholds = v.object({
  warn: v.nullable(v.number()),
  critical: v.nullable(v.number()),
  minVolume: v.number(),
  minCount: v.number(),
  windowHours: v.number(),
});

const alert = v.object({
  _id: v.string(),
  rule: v.picklist(ruleNames),
  scope: v.string(),
  /** How often this rule has opened for this scope, this time included. */
  opening: v.number(),
  /** Null: only its place is taken; the check that took it has died. */
  state: v.optional(v.nullable(v.picklist(['open', 'resolved'])), null),
  level: v.optional(v.picklist(alertLevels), 'warn'),
  openedAt: v.optional(v.string(), ''),
  resolvedAt: nullableText,
  acknowledgedAt: nullableText,
  acknowledgedBy: nullableText,
  mutedUntil: nullableText,
  /** Since when what it reads is clear, ISO; null when it is not. */
  clearSince: nullableText,
  /** When somebody was last told, ISO. */
  toldAt: nullableText,
  /** The thresholds when it opened. */
  thresholds: v.optional(v.nullable(thresholds), null),
  /** Whether a step waits to be published. */
  isUnpublished: v.optional(v.boolean(), false),
  steps: v.optional(v.array(step), []),
  rev: v.optional(v.string()),
});

/** One opening of a rule for a scope, with everything that has happened to it. */
export type Alert = v.InferOutput<typeof alert>;

export const alerts = new Collection<Alert, Alert>(
  'alerts',
  (document) => v.parse(alert, document),
  [
    ['state', 'openedAt', '_id'],
    ['openedAt', '_id'],
    ['isUnpublished', '_id'],
  ],
  'plain',
);

/** Open alerts and unpublished ones that are read at most: more than anybody could read. */
const maxRead = 1000;

/** What begins the ids of all openings of a rule for a scope. A scope may be any text; a hash of it is an id anywhere. */
function idPrefix(rule: string, scope: Scope): string {
  return `${rule}-${createHash('sha256').update(scope).digest('hex').slice(0, 16)}-`;
}

/** The id of an opening; in the order of their numbers. */
export function idOfAlert({ rule, scope, opening }: Pick<Alert, 'rule' | 'scope' | 'opening'>): string {
  return `${idPrefix(rule, scope)}${String(opening).padStart(6, '0')}`;
}

/** All open alerts. */
export function openAlerts(connection: Connection): Promise<Alert[]> {
  return alerts.list(connection, { state: 'open' }, { sort: { openedAt: -1, _id: -1 }, limit: maxRead });
}

/** Alerts with steps that nobody was told of. */
export function unpublishedAlerts(connection: Connection): Promise<Alert[]> {
  return alerts.list(connection, { isUnpublished: true }, { sort: { _id: 1 }, limit: maxRead });
}

/** The last opening of a rule for a scope, null when there was none. */
export async function lastOpening(connection: Connection, rule: string, scope: Scope): Promise<Alert | null> {
  const query = { _id: { $startsWith: idPrefix(rule, scope) } };
  const [last] = await alerts.list(connection, query, { sort: { _id: -1 }, limit: 1 });
  return last ?? null;
}
