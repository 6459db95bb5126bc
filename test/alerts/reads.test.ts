import { expect, inject, it } from 'vitest';
import { Saboteur } from '../torture/faults/fault';
import { quietConsole } from '../torture/virtual-space/console';
import { VirtualSpace } from '../torture/virtual-space/virtual-space';
import { checking, putHour } from './alerted-space';

/** The storage calls of a check when each of the last hours had so many events, of so many tags. */
async function callsOf(space: VirtualSpace, events: number, tags: number): Promise<string[]> {
  await space.restore();
  const thisHour = Math.floor(Date.now() / 3_600_000) * 3_600_000;
  const perTag = { delivered: events / tags, deliveredToReporting: events / tags };
  for (let hour = 0; hour < 24; hour += 1)
    await putHour(space, new Date(thisHour - hour * 3_600_000).toISOString(), {
      all: { delivered: events, deliveredToReporting: events },
      ...Object.fromEntries(Array.from({ length: tags }, (_, at) => [`tag:${at}`, perTag])),
    });
  const saboteur = new Saboteur(null);
  const instance = await space.boot(saboteur.intercept);
  // The first check of a process also looks at the version of the data, and leaves a sample.
  await instance.job(checking);
  saboteur.calls.length = 0;
  await instance.job(checking);
  return saboteur.calls.map(({ operation, on }) => `${operation} ${on}`).sort();
}

it('a check takes the same reads whatever the number of events, and writes nothing when nothing changes', async () => {
  const quiet = quietConsole();
  const space = new VirtualSpace(inject('bundleFile'));
  try {
    const few = await callsOf(space, 1000, 10);
    const many = await callsOf(space, 100_000, 500);
    expect(many).toEqual(few);
    // As docs/alerts.md says.
    expect(few).toHaveLength(13);
    expect(few.filter((call) => !/^(getMany|findOneOrNull|get) /.test(call))).toEqual([]);
  } finally {
    await space.close();
    quiet.restore();
  }
});
