import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

// That page names every counter: see definitions.test.ts.
it.each([
  ['README.md', '(docs/definitions.md)'],
  ['docs/api.md', '(definitions.md)'],
])('%s leads to what every counter means', (page, link) => {
  expect(readFileSync(page, 'utf8')).toContain(link);
});
