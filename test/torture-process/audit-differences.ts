import * as v from 'valibot';
import { apiKey } from './space-process';

const step = v.object({
  items: v.array(
    v.object({ where: v.string(), what: v.string(), expected: v.unknown(), stored: v.unknown() }),
  ),
  next: v.nullable(v.string()),
});

/** What the audit of a running space of ours finds from its beginning to its end, each a sentence. */
export async function auditDifferences(url: string): Promise<string[]> {
  const differences: string[] = [];
  let cursor: string | null = null;
  do {
    const response = await fetch(`${url}/api/audit`, {
      method: 'POST',
      // A space may close an idle connection at the moment it is used again.
      headers: { 'x-apikey': apiKey, 'content-type': 'application/json', connection: 'close' },
      body: JSON.stringify({ cursor }),
    });
    if (response.status !== 200) throw new Error(`The audit answers ${response.status}.`);
    const found: v.InferOutput<typeof step> = v.parse(step, await response.json());
    for (const { where, what, expected, stored } of found.items)
      differences.push(`${where}: ${what} is ${JSON.stringify(stored)}, not ${JSON.stringify(expected)}`);
    cursor = found.next;
  } while (cursor !== null);
  return differences;
}
