import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { counters as countersOfPage } from '../../src/dashboard/page/api/answers';
import { counters } from '../../src/statistics/counters';

/*
 * The table in src/statistics/counters.ts is the one place of all counters. The deployed page has names of its own,
 * because the table would make it larger; they and the documentation are checked here.
 */

it.each(['README.md', 'docs/api.md'])('%s names every counter', (page) => {
  const text = readFileSync(page, 'utf8');
  expect(counters.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
});

it('the dashboard knows every counter, and no other', () => {
  expect(Object.keys(countersOfPage.entries).sort()).toEqual([...counters].sort());
});
