import { formatTable } from '../torture-process/table';
import type { Result } from './report';

const shown = 10;

/** The results as a table, and below it the first failures of each campaign. */
export function tableOf(results: readonly Result[]): string {
  const table = formatTable(
    ['what was tried', 'cases', 'failures', 'seconds'],
    results.map(({ name, cases, failures, seconds }) => [
      name,
      cases.toLocaleString('en'),
      failures.length.toLocaleString('en'),
      seconds.toFixed(0),
    ]),
  );
  const failures = results.flatMap(({ name, failures: found }) => [
    ...found.slice(0, shown).map((failure) => `${name}: ${failure.slice(0, 1000)}`),
    ...(found.length > shown ? [`${name}: ${found.length - shown} more`] : []),
  ]);
  return [table, ...(failures.length > 0 ? ['', ...failures] : [])].join('\n');
}
