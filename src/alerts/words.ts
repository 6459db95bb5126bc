import type { Notice } from '../notices/notice';
import { nameOfDimension } from '../statistics/dimension';
import type { Alert, Step } from './alert';
import { hasWindow, type Rule, ruleTable, type Unit } from './rules';
import { describeScope } from './scope';

const ruleOf = (name: string): Rule | undefined => ruleTable.find((rule) => rule.name === name);

/** A value as a person reads it. */
export function describeValue(value: number, unit: Unit): string {
  if (unit === 'share') return `${(value * 100).toFixed(value < 0.1 ? 2 : 1)} %`;
  if (unit === 'count') return String(value);
  return value < 120 ? `${value} minutes` : `${Math.round(value / 60)} hours`;
}

const marks = { warn: 'WARNING', critical: 'CRITICAL' } as const;

const openings: Record<Exclude<Step['kind'], 'acknowledged' | 'muted'>, (mark: string) => string> = {
  opened: (mark) => mark,
  rose: (mark) => `${mark}, it got worse`,
  repeated: (mark) => `${mark}, still`,
  resolved: () => 'OVER',
};

/** What an alert is about, such as `Complaints, the tag spring`. */
export function describeAlert({ rule, scope }: Pick<Alert, 'rule' | 'scope'>): string {
  return `${ruleOf(rule)?.title ?? rule}, ${describeScope(scope)}`;
}

function titleOf(alert: Alert, step: Step): string {
  const rule = ruleOf(alert.rule);
  const opening =
    step.kind === 'acknowledged' || step.kind === 'muted' ? '' : openings[step.kind](marks[step.level]);
  const name = describeAlert(alert);
  const value = `${describeValue(step.value, rule?.unit ?? 'count')}`;
  return step.kind === 'resolved' ? `${opening}: ${name}` : `${opening}: ${name}: ${value}`;
}

function thresholdLine(alert: Alert, unit: Unit): string[] {
  const { warn = null, critical = null } = alert.thresholds ?? {};
  const parts = [
    ...(warn === null ? [] : [`a warning from ${describeValue(warn, unit)}`]),
    ...(critical === null ? [] : [`critical from ${describeValue(critical, unit)}`]),
  ];
  return parts.length === 0 ? [] : [`It is ${parts.join(', ')}.`];
}

function minuteOf(time: string): string {
  return `${time.slice(0, 10)} ${time.slice(11, 16)} UTC`;
}

function textOf(alert: Alert, step: Step): string {
  const rule = ruleOf(alert.rule);
  const unit = rule?.unit ?? 'count';
  const isOver = step.kind === 'resolved';
  const window = alert.thresholds?.windowHours ?? 1;
  const numbers = unit === 'share' ? ` (${step.count} of ${step.volume})` : '';
  return [
    `${describeValue(step.value, unit)} ${rule?.measures ?? ''}${numbers}.`,
    `About: ${describeScope(alert.scope)}.`,
    ...(rule !== undefined && hasWindow(rule) ? [`In the last ${window} hours.`] : []),
    ...step.details,
    ...(isOver ? [] : thresholdLine(alert, unit)),
    ...(step.word === null ? [] : [step.word]),
    `Open since ${minuteOf(alert.openedAt)}${isOver ? `, over since ${minuteOf(step.at)}` : ''}.`,
    ...(isOver || rule === undefined ? [] : ['', rule.advice]),
  ].join('\n');
}

/** What is told of a step. The same step makes the same notice. @param key the step's */
export function noticeOf(alert: Alert, step: Step, key: string): Notice {
  const domain = nameOfDimension('domain', alert.scope);
  const tag = nameOfDimension('tag', alert.scope);
  return {
    key,
    kind: 'alert',
    occurredAt: step.at,
    title: titleOf(alert, step),
    text: textOf(alert, step),
    level: step.level,
    name: alert.rule,
    ...(domain !== null && { domain }),
    ...(tag !== null && { tags: [tag] }),
    orderKey: `alerts/${alert._id}`,
    data: {
      id: alert._id,
      rule: alert.rule,
      scope: alert.scope,
      step: step.kind,
      level: step.level,
      value: step.value,
      count: step.count,
      volume: step.volume,
      thresholds: alert.thresholds,
      openedAt: alert.openedAt,
      word: step.word,
    },
  };
}
