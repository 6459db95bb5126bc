import type { Plan } from './campaign/plan-campaign';
import type { Comparison } from './compare/compare-with-space';
import { allRows, isDifferent, type Row, type Section } from './compare/differences';
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

/** A day in one line, the sum of its counters; those that differ each in a line of their own. */
function dayLines(day: string, rows: readonly Row[]): string[] {
  const sum = (side: 'expected' | 'stored') => rows.reduce((total, row) => total + row[side], 0);
  const differing = rows.filter(isUnequal).map((row) => rowLine({ ...row, name: `  ${day} ${row.name}` }));
  return [
    rowLine({ name: `${day}, ${rows.length} counters`, expected: sum('expected'), stored: sum('stored') }),
    ...differing,
  ];
}

function isUnequal(row: Row): boolean {
  return row.expected !== row.stored;
}

function sectionLines(section: Section, onlyDifferences: boolean): string[] {
  if (onlyDifferences && !isDifferent([section])) return [];
  const { title, rows, days, remarks } = section;
  const shownDays = [...days].filter(([, dayRows]) => !onlyDifferences || dayRows.some(isUnequal));
  const hidden = remarks.length - remarksShown;
  return [
    '',
    tableLine(title, 'expected', 'stored', 'difference'),
    ...rows.filter((row) => !onlyDifferences || isUnequal(row)).map(rowLine),
    ...shownDays.flatMap(([day, dayRows]) => dayLines(day, dayRows)),
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
  { sections, isDifferent: differs, steadyAfterSeconds }: Comparison,
  onlyDifferences: boolean,
): string {
  const rows = sections.flatMap(allRows);
  const differing = rows.filter(isUnequal).length;
  const remarks = sections.reduce((sum, section) => sum + section.remarks.length, 0);
  const settled = `at rest ${steadyAfterSeconds.toFixed(1)} s after the last answer`;
  const result = differs
    ? `DIFFERENT: ${differing} of ${rows.length} numbers and ${remarks} details differ, ${settled}.`
    : `No difference: ${rows.length} numbers and every address are as expected, ${settled}.`;
  return [...sections.flatMap((section) => sectionLines(section, onlyDifferences)), '', result].join('\n');
}
