import { type Alert, idOfAlert, type Step, type StepKind } from './alert';
import type { AlertLevel, Thresholds } from './level';
import type { Reading } from './reading';

/** Nobody is told more often of an alert that merely goes on. */
export const repeatMs = 24 * 3_600_000;
/** How often it is repeated at most: who was told for so long knows. It stays open. */
export const maxRepeats = 60;
/** How long what it reads must be clear before an alert is over. */
export const clearMs = 10 * 60_000;

/** The fields of an alert that its life changes. */
export type AlertFields = Omit<Alert, '_id' | 'rule' | 'scope' | 'opening' | 'rev'>;

/** What happens to an alert next. */
export interface NextStep {
  /** Null: nothing that anybody would see, but it is noted since when it is clear. */
  readonly kind: Extract<StepKind, 'opened' | 'rose' | 'repeated' | 'resolved'> | null;
  readonly level: AlertLevel;
  readonly clearSince: string | null;
}

function isMuted({ mutedUntil }: Pick<Alert, 'mutedUntil'>, now: number): boolean {
  return mutedUntil !== null && Date.parse(mutedUntil) > now;
}

function isRepeatDue(alert: Alert, now: number): boolean {
  if (alert.acknowledgedAt !== null || isMuted(alert, now)) return false;
  if (alert.steps.filter(({ kind }) => kind === 'repeated').length >= maxRepeats) return false;
  return alert.toldAt === null || Date.parse(alert.toldAt) + repeatMs <= now;
}

/**
 * Decides what happens to an alert, given what its rule reads now. Pure, so that two who decide at once decide alike.
 * @param alert null when none is open
 * @param now milliseconds since 1970
 * @returns null when nothing changes
 */
export function nextStep(alert: Alert | null, reading: Reading, now: number): NextStep | null {
  const at = new Date(now).toISOString();
  if (alert?.state === 'resolved') return null;
  if (alert === null || alert.state === null)
    return reading.level === null ? null : { kind: 'opened', level: reading.level, clearSince: null };
  // A check that began before the last step knows less than it.
  if ((alert.steps.at(-1)?.at ?? '') > at) return null;
  const { level, clearSince } = alert;
  if (reading.isClear) {
    if (clearSince === null) return { kind: null, level, clearSince: at };
    return Date.parse(clearSince) + clearMs <= now ? { kind: 'resolved', level, clearSince } : null;
  }
  if (level === 'warn' && reading.level === 'critical')
    return { kind: 'rose', level: 'critical', clearSince: null };
  if (isRepeatDue(alert, now)) return { kind: 'repeated', level, clearSince: null };
  return clearSince === null ? null : { kind: null, level, clearSince: null };
}

/** What an opening has to know of the one before it. */
export interface Opening {
  readonly rule: Alert['rule'];
  readonly scope: string;
  readonly opening: number;
  readonly thresholds: Thresholds;
  /** A mute outlives the alert that it was set on. */
  readonly mutedUntil: string | null;
}

function newAlert(opening: Opening): Alert {
  return {
    ...opening,
    thresholds: { ...opening.thresholds },
    _id: idOfAlert(opening),
    state: null,
    level: 'warn',
    openedAt: '',
    resolvedAt: null,
    acknowledgedAt: null,
    acknowledgedBy: null,
    clearSince: null,
    toldAt: null,
    isUnpublished: false,
    steps: [],
  };
}

/** Adds a step. Whether somebody is told of it follows from the alert: of a muted one nobody is. */
function withStep(alert: Alert, kind: StepKind, at: string, own: Partial<Step> & Pick<Step, 'level'>): Alert {
  const number = alert.steps.length + 1;
  const isPersons = kind === 'acknowledged' || kind === 'muted';
  // Of the end of what nobody was told of, nobody is told either.
  const isUntold = kind === 'resolved' && alert.toldAt === null;
  const isTold = !isPersons && !isUntold && !isMuted(alert, Date.parse(at));
  const step: Step = {
    value: 0,
    count: 0,
    volume: 0,
    details: [],
    word: null,
    by: null,
    ...own,
    number,
    kind,
    at,
    noticeKey: isTold ? `alerts/${alert._id}/${number}-${kind}` : null,
    publishedAt: null,
  };
  return {
    ...alert,
    steps: [...alert.steps, step],
    toldAt: isTold ? at : alert.toldAt,
    isUnpublished: alert.isUnpublished || isTold,
  };
}

function fieldsOf({ _id, rule, scope, opening, rev, ...fields }: Alert): AlertFields {
  return fields;
}

/** An alert after a step. @param word a sentence about the step */
export function applyStep(
  current: Alert | null,
  opening: Opening,
  { kind, level, clearSince }: NextStep,
  reading: Reading,
  now: number,
  word: string | null = null,
): AlertFields {
  const before = current === null || current.state === null ? newAlert(opening) : current;
  const at = new Date(now).toISOString();
  const { value, count, volume, details } = reading;
  const numbers = { level, value, count, volume, details: [...details], word };
  const stepped = kind === null ? before : withStep(before, kind, at, numbers);
  return {
    ...fieldsOf(stepped),
    level,
    clearSince,
    ...(kind === 'opened' && { state: 'open' as const, openedAt: at }),
    // Who had acknowledged a warning has not seen that it is worse.
    ...(kind === 'rose' && { acknowledgedAt: null, acknowledgedBy: null }),
    ...(kind === 'resolved' && { state: 'resolved' as const, resolvedAt: at }),
  };
}

/** An alert that a person has acknowledged: it is not repeated any more. Null when nothing changes. */
export function acknowledged(alert: Alert, by: string | null, now: number): AlertFields | null {
  if (alert.state !== 'open' || alert.acknowledgedAt !== null) return null;
  const at = new Date(now).toISOString();
  const last = alert.steps.at(-1);
  const stepped = withStep(alert, 'acknowledged', at, { ...last, level: alert.level, word: null, by });
  return { ...fieldsOf(stepped), acknowledgedAt: at, acknowledgedBy: by };
}

/** An alert that is muted until a time, ISO; null: no more. Null when nothing changes. */
export function muted(
  alert: Alert,
  until: string | null,
  by: string | null,
  now: number,
): AlertFields | null {
  if (alert.state !== 'open' || alert.mutedUntil === until) return null;
  const word = until === null ? 'Told again.' : `Muted until ${until}.`;
  const last = alert.steps.at(-1);
  const at = new Date(now).toISOString();
  const stepped = withStep(alert, 'muted', at, { ...last, level: alert.level, word, by });
  return { ...fieldsOf(stepped), mutedUntil: until };
}
