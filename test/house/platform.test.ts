import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { switches } from '../../local/switches/quirks';

it('the page of platform facts has every switch with its values, and no other', () => {
  const page = readFileSync('docs/platform.md', 'utf8');
  const told = [...page.matchAll(/`(\w+)`: ((?:`\w+`|a number)(?:, (?:`\w+`|a number))*)/g)].map(
    ([, name = '', values = '']) => [name, values.replaceAll('`', '').split(', ')] as const,
  );
  const expected = [...switches].map(([name, { usual, others, othersInWords }]) => [
    name,
    [String(usual), ...(othersInWords === undefined ? others.map(String) : ['a number'])],
  ]);
  const byName = new Map(told);
  expect([...byName.keys()].sort()).toEqual([...switches.keys()].sort());
  for (const [name, values] of expected) expect([name, byName.get(String(name))]).toEqual([name, values]);
});
