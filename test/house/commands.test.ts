import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

/** Run by who develops the app, and what they write is of the sources alone. */
const ofTheHouse = ['coho', 'compile', 'dependencies', 'page', 'probe'];

it.each(
  readdirSync('tools', { recursive: true, encoding: 'utf8' }).filter((file) => /^\w+\/.*\.ts$/.test(file)),
)('tools/%s writes to standard error by tools/command.ts, which takes addresses out', (file) => {
  if (ofTheHouse.some((folder) => file.startsWith(`${folder}/`))) return;
  const source = readFileSync(`tools/${file}`, 'utf8');
  expect(source).not.toMatch(/console\.(error|warn)\(|process\.stderr\.write/);
  if (file.endsWith('/main.ts')) expect(source).toContain('await runCommand(');
});
