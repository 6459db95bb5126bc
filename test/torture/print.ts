import type { Result } from './report';

const shown = 10;

/** The results as a table, and below it the first failures of each campaign. */
export function tableOf(results: readonly Result[]): string {
  const rows = [
    ['what was tried', 'cases', 'failures', 'seconds'],
    ...results.map(({ name, cases, failures, seconds }) => [
      name,
      cases.toLocaleString('en'),
      failures.length.toLocaleString('en'),
      seconds.toFixed(0),
    ]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  '),
  );
  const failures = results.flatMap(({ name, failures: found }) => [
    ...found.slice(0, shown).map((failure) => `${name}: ${failure.slice(0, 1000)}`),
    ...(found.length > shown ? [`${name}: ${found.length - shown} more`] : []),
  ]);
  return [...lines, ...(failures.length > 0 ? ['', ...failures] : [])].join('\n');
}
