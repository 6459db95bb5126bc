import { compareWithSpace, expectedOf, type SimulatedEvent } from '../../tools/simulate';
import { apiKey } from './space-process';

/** What a space of ours holds otherwise than the model says for exactly these events, each a sentence. */
export async function compareWithModel(url: string, events: readonly SimulatedEvent[]): Promise<string[]> {
  const { sections } = await compareWithSpace(
    {
      seed: 0,
      now: 0,
      deliveries: [],
      events,
      expected: expectedOf(events),
      strangers: new Set(),
      firstRecipient: '',
    },
    { url, apiKey, maxWaitSeconds: 10, steadySeconds: 1 },
  );
  return sections.flatMap(({ title, rows, remarks }) => [
    ...rows.flatMap(({ name, expected, stored }) =>
      expected === stored ? [] : [`${title}: ${name} is ${stored}, not ${expected}`],
    ),
    ...remarks,
  ]);
}
