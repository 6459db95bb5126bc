import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { tryCuts } from '../power-loss/campaign';
import { readDiskRecords } from '../power-loss/disk-record';
import { shortlyBeforeTheSweep } from '../torture-process/clock';
import type { HostFailureResult } from '../torture-process/host-failures/host-failure-result';
import { poll } from '../torture-process/poll';
import { planEvents, type Trial, withTrial } from './trial';

/** For how long every sync fails, and the time that a space may take to be well again, in milliseconds. */
const failing = 4000;
const recovery = 20_000;
const cuts = 6;

/**
 * Every sync fails for some seconds while events arrive. Nothing may be acknowledged meanwhile; afterwards the power
 * is cut, as what a failed sync was to write is not on the disk, whatever later syncs say.
 */
export function failingSyncs(seed: number): Promise<HostFailureResult> {
  return withTrial(async (trial, folder) => {
    const { sender, faults, directory } = trial;
    const events = await planEvents(seed, 300);
    let space = await trial.serving();
    const told = sender.tellAll(events);
    const broken: string[] = [];
    try {
      await sleep(500);
      faults.set({ syncsFail: true });
      const begun = performance.now();
      await sleep(failing);
      const health = await fetch(`${sender.url}/health`);
      const ended = performance.now();
      faults.set({});
      broken.push(...acknowledgedBetween(trial, begun, ended));
      if (health.status === 200) broken.push('health is ok while every sync fails');
      if (!/sync|EIO|I\/O|disk/i.test(space.output)) broken.push('the log says nothing of failing syncs');
      const isWell = () =>
        Promise.resolve(sender.replies.some((reply) => reply.begun > ended && reply.status === 200));
      if (!(await poll(isWell, recovery))) {
        const last = sender.replies.at(-1)?.text ?? '';
        if (!/start/i.test(last)) broken.push(`neither recovers nor says what to do: ${last}`);
        await faults.kill(space);
        space = await trial.serving();
      }
      await told;
    } finally {
      await faults.kill(space);
    }
    const log = readFileSync(trial.log);
    const records = readDiskRecords(log);
    const from = records.findIndex(({ kind }) => kind === 'sync fails') + 1;
    if (from === 0) broken.push('no sync was ever asked for while they failed');
    const endsAt = shortlyBeforeTheSweep(Date.now()).shows;
    const recording = { directory, log, promised: sender.promised, endsAt };
    const settings = { seed, cuts, lanes: cuts, from: Math.max(from, 1) };
    const lost = await tryCuts(recording, records, settings, folder);
    return {
      saw: `${sender.replies.filter(({ status }) => status === 503).length} requests answered 503, ${lost.cuts} losses of power afterwards`,
      broken: [...broken, ...lost.broken],
    };
  });
}

function acknowledgedBetween({ sender }: Trial, begun: number, ended: number): string[] {
  const within = sender.replies.filter((reply) => reply.begun > begun && reply.ended < ended);
  const acknowledged = within.filter(({ status }) => status === 200).length;
  const silent = within.filter(({ status, text }) => status === 503 && text.length < 2).length;
  return [
    ...(within.length > 0 ? [] : ['nothing was answered at all while every sync failed']),
    ...(acknowledged === 0 ? [] : [`${acknowledged} of ${within.length} requests were answered 200`]),
    ...(silent === 0 ? [] : [`${silent} answers of 503 give no reason`]),
  ];
}
