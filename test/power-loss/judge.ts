import { inspect } from 'node:util';
import * as v from 'valibot';
import { expectedOf } from '../../tools/simulate';
import { auditDifferences } from '../torture-process/audit-differences';
import { shortlyBeforeTheSweep, writeClock } from '../torture-process/clock';
import { poll } from '../torture-process/poll';
import { SpaceProcess } from '../torture-process/space-process';
import { sharedCounters } from '../torture-process/stored-facts';
import { Admin, type Document } from './admin';
import { largeTag } from './large-event';
import { longAgo, variables } from './load';
import type { Promised } from './promised';

/** Real milliseconds within which a space comes to rest: sweep, effects and counts. */
const longestRest = 90_000;

const counter = v.optional(v.number(), 0);
const campaignCounters = v.object(v.entriesFromList(sharedCounters, counter));
const health = v.object({ status: v.string(), pending: v.optional(v.number()) });

export interface Expectation {
  /** All that was ever answered. */
  readonly promised: readonly Promised[];
  /** Of these, what had been answered before the power was lost: these, and no others, must be there. */
  readonly kept: readonly Promised[];
  /** Milliseconds since 1970 that no clock has passed yet. */
  readonly notBefore: number;
}

/**
 * Starts our app on a data folder as it was found, lets it come to rest, and compares what it holds with what was
 * promised.
 * @param clockFile a file for the clock of the space
 * @returns what is wrong, each a sentence
 */
export async function judge(
  directory: string,
  clockFile: string,
  { promised, kept, notBefore }: Expectation,
): Promise<string[]> {
  writeClock(clockFile, shortlyBeforeTheSweep(notBefore));
  const space = new SpaceProcess({ directory, clockFile, env: variables });
  try {
    if (!(await space.serves())) {
      await space.over(5000);
      return [`the space does not start: ${space.output.trim().slice(0, 400)}`];
    }
    const url = space.url ?? '';
    let differences: string[] = [];
    const rests = await poll(
      async () => {
        const answer = await fetch(`${url}/health`, { headers: { connection: 'close' } });
        const { status, pending } = v.parse(health, await answer.json());
        if (status !== 'ok' || pending !== 0) return false;
        differences = await auditDifferences(url);
        return differences.length === 0;
      },
      longestRest,
      400,
    );
    return [
      ...(rests ? [] : [`does not come to rest: ${differences.slice(0, 3).join('; ') || 'events wait'}`]),
      ...(await comparedWith(new Admin(url), promised, kept)),
    ];
  } catch (error) {
    return [
      `cannot be read: ${inspect(error)}; the space ${space.isOver ? 'has ended' : 'still runs'}: ${space.output.slice(-400)}`,
    ];
  } finally {
    await space.kill();
  }
}

async function comparedWith(
  admin: Admin,
  promised: readonly Promised[],
  kept: readonly Promised[],
): Promise<string[]> {
  const events = await admin.export('email_events');
  const wrong = [
    ...lostEvents(events, kept),
    ...strangeEvents(events, promised),
    ...(await wrongCounts(admin, events, promised, kept)),
    ...lostImports(await admin.export('imported'), kept),
  ];
  const keys = new Set(await admin.keys('key-'));
  const settings = await admin.settings();
  for (const { what } of kept) {
    if (what.kind === 'key' && !keys.has(what.key)) wrong.push(`the key ${what.key} is gone`);
    if (what.kind === 'variable' && !settings.includes(`"${what.key}"`))
      wrong.push(`the variable ${what.key} is gone`);
    if (what.kind !== 'erasure') continue;
    const all = [...events, ...(await admin.export('subscribers'))];
    if (JSON.stringify(all).includes(what.address)) wrong.push('an erased address is back');
  }
  return wrong;
}

/** Whether retention may have removed an event, after which only its numbers are left. */
const mayBeRemoved = ({ what }: Promised) =>
  what.kind === 'event' && what.notice?.event.tags.includes(longAgo) === true;

function lostEvents(events: readonly Document[], kept: readonly Promised[]): string[] {
  const stored = new Set(events.map(({ _id }) => _id));
  const due = kept.filter((one) => one.what.kind === 'event' && !mayBeRemoved(one));
  const lost = due.filter(({ what }) => what.kind === 'event' && !stored.has(what.id));
  return lost.length === 0 ? [] : [`${lost.length} of ${due.length} acknowledged events are gone`];
}

function strangeEvents(events: readonly Document[], promised: readonly Promised[]): string[] {
  const known = new Set(promised.flatMap(({ what }) => (what.kind === 'event' ? [what.id] : [])));
  const strange = events.filter(({ _id }) => !known.has(_id));
  return strange.length === 0 ? [] : [`${strange.length} events are there that nobody sent`];
}

/** Compares the counters of every tag with those of the model for exactly the events that are stored. */
async function wrongCounts(
  admin: Admin,
  events: readonly Document[],
  promised: readonly Promised[],
  kept: readonly Promised[],
): Promise<string[]> {
  const stored = new Set(events.map(({ _id }) => _id));
  const counted = new Map(
    (await admin.export('campaign_stats')).map((one) => [one.tag, v.parse(campaignCounters, one)] as const),
  );
  const told = promised.flatMap((one) =>
    one.what.kind === 'event' && one.what.notice && stored.has(one.what.id) ? [one.what.notice.event] : [],
  );
  const wrong: string[] = [];
  for (const [tag, { total }] of expectedOf(told).tags) {
    if (tag === longAgo) continue;
    for (const name of sharedCounters) {
      const found = counted.get(tag)?.[name] ?? 0;
      if (found !== total[name]) wrong.push(`${name} of ${tag} are ${found}, not ${total[name]}`);
    }
  }
  const large = events.filter(({ tags }) => Array.isArray(tags) && tags.includes(largeTag)).length;
  const delivered = (tag: string) => counted.get(tag)?.delivered ?? 0;
  if (delivered(largeTag) !== large) wrong.push(`large events count ${delivered(largeTag)}, not ${large}`);
  const oldest = kept.filter(mayBeRemoved).length;
  if (delivered(longAgo) < oldest || delivered(longAgo) > promised.filter(mayBeRemoved).length)
    wrong.push(`old events count ${delivered(longAgo)}, not ${oldest}`);
  return wrong;
}

function lostImports(documents: readonly Document[], kept: readonly Promised[]): string[] {
  return kept.flatMap(({ what }) => {
    if (what.kind !== 'import' && what.kind !== 'update') return [];
    const there = documents.filter(
      ({ group, value }) => group === what.group && (what.kind === 'import' || value === 1),
    ).length;
    return there < what.count
      ? [`${what.kind}: ${what.count - there} of ${what.count} documents are gone`]
      : [];
  });
}
