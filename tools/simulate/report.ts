import type { Comparison } from './compare/compare-with-space';
import type { Row, Section } from './compare/differences';
import type { Plan } from './plan/plan-campaign';
import type { SendSummary } from './send/send-deliveries';

const remarksShown = 20;

function tableLine(name: string, ...numbers: string[]): string {
  return `  ${name.padEnd(34)}${numbers.map((number) => number.padStart(12)).join('')}`;
}

function rowLine({ name, expected, stored }: Row): string {
  const difference = stored - expected;
  const shown = difference > 0 ? `+${difference}` : String(difference);
  return tableLine(name, String(expected), String(stored), shown);
}

function sectionLines({ title, rows, remarks }: Section, onlyDifferences: boolean): string[] {
  const shownRows = onlyDifferences ? rows.filter((row) => row.expected !== row.stored) : rows;
  if (onlyDifferences && shownRows.length === 0 && remarks.length === 0) return [];
  const hidden = remarks.length - remarksShown;
  return [
    '',
    tableLine(title, 'expected', 'stored', 'difference'),
    ...shownRows.map(rowLine),
    ...remarks.slice(0, remarksShown).map((remark) => `  ${remark}`),
    ...(hidden > 0 ? [`  and ${hidden} more`] : []),
  ];
}

/** What is going to be sent. */
export function describePlan(plan: Plan, recipients: number, tags: readonly string[], url: string): string {
  const forgeries = plan.deliveries.filter(({ purpose }) => purpose === 'forgery').length;
  const copies = plan.deliveries.length - forgeries - plan.events.length;
  return [
    `Campaign of ${recipients} recipients, tags ${tags.join(', ') || 'none'}, seed ${plan.seed}, to ${url}`,
    `${plan.events.length} events, ${copies} copies of them, ${forgeries} forgeries`,
  ].join('\n');
}

/** What became of it. */
export function describeSending(summary: SendSummary): string {
  const { sent, acknowledged, duplicates, refusedForgeries, retried, seconds, surprises } = summary;
  const unexpected = [...surprises.values()].reduce((sum, count) => sum + count, 0);
  return [
    `${sent} requests sent in ${seconds.toFixed(1)} s, ${Math.round(sent / seconds)} per second`,
    `${acknowledged} acknowledged, ${duplicates} of them as duplicates; ${refusedForgeries} forgeries refused; ${retried} sent again; ${unexpected} unexpected answers`,
    ...[...surprises].map(([what, count]) => `  unexpected: ${what} (${count})`),
  ].join('\n');
}

/** The table, and the result in a sentence. */
export function describeComparison(
  { sections, isDifferent, settledAfterSeconds }: Comparison,
  onlyDifferences: boolean,
): string {
  const numbers = sections.reduce((sum, { rows }) => sum + rows.length, 0);
  const differing = sections.flatMap(({ rows }) => rows).filter((row) => row.expected !== row.stored).length;
  const remarks = sections.reduce((sum, section) => sum + section.remarks.length, 0);
  const settled = `at rest ${settledAfterSeconds.toFixed(1)} s after the last answer`;
  const result = isDifferent
    ? `DIFFERENT: ${differing} of ${numbers} numbers and ${remarks} details differ, ${settled}.`
    : `No difference: ${numbers} numbers and every address are as expected, ${settled}.`;
  return [...sections.flatMap((section) => sectionLines(section, onlyDifferences)), '', result].join('\n');
}
