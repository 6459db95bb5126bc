import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { counters } from '../../src/statistics/counter-table';

it.each(['README.md', 'docs/api.md'])('%s names every counter', (page) => {
  const text = readFileSync(page, 'utf8');
  expect(counters.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
});
