import { setTimeout as sleep } from 'node:timers/promises';
import type { HostFailureResult } from '../torture-process/host-failures/host-failure-result';
import { endsWithin, lastWords, notASentence, planEvents, type Trial } from './trial';

export interface LittleRoom {
  readonly seed: number;
  /** Whether the space is killed, and started again, while there is little room. */
  readonly isKilled: boolean;
  /** Ends the want of room. */
  readonly enlarge: () => unknown;
}

/** Starts a space where there is little room, tells it of events until the room is used up, and then makes more. */
export async function workInLittleRoom(
  trial: Trial,
  { seed, isKilled, enlarge }: LittleRoom,
): Promise<HostFailureResult> {
  const { sender } = trial;
  const broken: string[] = [];
  const startInLittleRoom = async () => {
    const space = trial.start();
    if (await space.serves()) return { space, starts: true };
    broken.push(...refusal(await lastWords(space)));
    enlarge();
    return { space: await trial.serving(), starts: false };
  };
  let { space, starts } = await startInLittleRoom();
  try {
    sender.url = space.url ?? '';
    const told = sender.tellAll(await planEvents(seed, 100));
    await sleep(2000);
    if (space.isOver) broken.push(`the process ended: ${space.output.slice(-300)}`);
    if (starts && isKilled) {
      await space.kill();
      ({ space } = await startInLittleRoom());
      sender.url = space.url ?? '';
    }
    enlarge();
    if (!(await endsWithin(told, 30_000))) broken.push('events are refused although there is room again');
    sender.giveUp();
  } finally {
    await space.kill();
  }
  for (const status of new Set(sender.replies.map((reply) => reply.status)))
    if (status !== null && status !== 200 && status !== 503) broken.push(`an answer of ${status}`);
  const refused = sender.replies.filter(({ status }) => status === 503).length;
  return {
    saw: starts ? `${refused} times 503` : 'refused to start',
    broken: [...broken, ...(await trial.judge())],
  };
}

/**
 * A space that does not start for want of room owes its owner a sentence that says how much it needs. It may have said
 * before that the disk does not keep what is written, or that its log cannot be.
 */
function refusal(output: string): string[] {
  const before = /^(The disk does not keep |\(node:\d+\) Warning: The log |\(Use `node )/;
  const words = output
    .split('\n')
    .filter((line) => !before.test(line))
    .join('\n');
  return [
    ...notASentence(words),
    ...(/\d+ ?([KMG]i?)?B\b|\d+ bytes/i.test(words)
      ? []
      : [`the refusal does not say how much room is needed: ${words.slice(-300)}`]),
  ];
}
