import * as v from 'valibot';
import { counters as counterNames } from '../../../statistics/counter-table';

/** What the API answers about alerts, as docs/api.md describes it; only the fields that the page shows. */

const text = v.nullable(v.string());
const level = v.picklist(['warn', 'critical']);
export type Level = v.InferOutput<typeof level>;

const alertEntries = {
  id: v.string(),
  rule: v.string(),
  title: v.string(),
  about: v.string(),
  state: v.picklist(['open', 'resolved']),
  level,
  reads: v.string(),
  count: v.number(),
  volume: v.number(),
  details: v.array(v.string()),
  openedAt: v.string(),
  resolvedAt: text,
  acknowledgedAt: text,
  acknowledgedBy: text,
  mutedUntil: text,
};
const alert = v.object(alertEntries);
export type Alert = v.InferOutput<typeof alert>;
export const alerts = v.object({ items: v.array(alert), next: text });

const step = v.object({
  number: v.number(),
  kind: v.string(),
  at: v.string(),
  level,
  value: v.number(),
  count: v.number(),
  volume: v.number(),
  word: text,
  by: text,
  noticeKey: text,
  publishedAt: text,
});
export type AlertStep = v.InferOutput<typeof step>;
export const alertWithSteps = v.object({ ...alertEntries, steps: v.array(step) });

const counter = v.picklist(counterNames);
const threshold = v.nullable(v.number());

const thresholds = v.object({
  warn: threshold,
  critical: threshold,
  minVolume: v.number(),
  minCount: v.number(),
  windowHours: v.number(),
});
export type Thresholds = v.InferOutput<typeof thresholds>;

export const alertRule = v.object({
  name: v.string(),
  title: v.string(),
  measures: v.string(),
  unit: v.picklist(['share', 'minutes', 'count']),
  thresholds,
  defaults: thresholds,
  hasWindow: v.boolean(),
  source: v.picklist(['default', 'settings', 'api']),
  wouldHaveFired: v.nullable(v.number()),
  share: v.nullable(v.object({ of: counter, per: v.array(counter) })),
});
export type AlertRule = v.InferOutput<typeof alertRule>;
export const alertRules = v.object({ items: v.array(alertRule), problem: text });
