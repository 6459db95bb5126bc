import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';

const mutants = readdirSync('test/mutants').filter((name) => name.endsWith('.patch'));

it('there are mutants for every invariant', () => {
  const broken = new Set(
    mutants.filter((name) => !name.startsWith('local-')).map((name) => name.slice(0, 2)),
  );
  expect([...broken].sort()).toEqual(['n1', 'n2', 'n3', 'n4', 'n5', 'n6', 'n7', 'n8']);
});

it.each(mutants)('%s applies to the code as it is', (name) => {
  execFileSync('git', ['apply', '--check', '-C1', `test/mutants/${name}`]);
});
