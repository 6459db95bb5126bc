import type { Change, Plan } from './plan';
import { maxUrls, webhookIds } from './webhook-ids';

/** What is going to change on a target, line by line. */
export function describePlan(name: string, { changes, full }: Plan): string {
  const differing = new Map([...changes, ...full].map((change) => [change.id, change]));
  const lines = webhookIds.flatMap((id) => {
    const change = differing.get(id);
    return change === undefined ? [] : [`  ${id.padEnd(16)}${describeChange(change)}`];
  });
  const same = webhookIds.length - lines.length;
  return [name, ...lines, ...(same > 0 ? [`  ${same} of ${webhookIds.length} already as wanted`] : [])].join(
    '\n',
  );
}

function describeChange({ before, after }: Change): string {
  if (after.length > maxUrls) {
    return `limit reached: it has ${before.join(', ')}. Name the one to take away with --replace URL.`;
  }
  const added = after.filter((url) => !before.includes(url)).map((url) => `+ ${url}`);
  const removed = before.filter((url) => !after.includes(url)).map((url) => `- ${url}`);
  const kept = before.filter((url) => after.includes(url)).length;
  return [...removed, ...added, ...(kept > 0 ? [`(${kept} other${kept > 1 ? 's' : ''} stay)`] : [])].join(
    '  ',
  );
}
