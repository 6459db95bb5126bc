import type { FirstEngagement } from '../events/fields';
import { isOwnMail } from '../events/own-mail';
import { providerOf } from '../events/provider';
import type { CountedEvent } from './counted-event';
import { type StoredCounter, storedCounters } from './counter-table';
import { type Counts, countersOfFirst, countersRaisedBy, isApart } from './counters';
import { allMail, dimensionOf } from './dimension';
import { dimensionOfFailure } from './failure-group';
import { addEventLags, addLags, noLags } from './lags';
import type { Tally } from './tally';

interface CountedDimension {
  dimension: string;
  isFirst: (firsts: FirstEngagement) => boolean;
}

/** What an event counts for. A person has one provider, so the first for it is the first of all mail. */
function dimensionsOf(event: CountedEvent): CountedDimension[] {
  const dimensions: CountedDimension[] = [
    { dimension: allMail, isFirst: ({ all }) => all },
    { dimension: dimensionOf('provider', providerOf(event)), isFirst: ({ all }) => all },
  ];
  if (event.domain !== null)
    dimensions.push({ dimension: dimensionOf('domain', event.domain), isFirst: ({ domain }) => domain });
  if (event.source === 'backfill')
    dimensions.push({ dimension: dimensionOf('backfill', event.domain ?? ''), isFirst: ({ all }) => all });
  for (const tag of new Set([...event.tags, ...event.messageTags]))
    dimensions.push({ dimension: dimensionOf('tag', tag), isFirst: ({ tags }) => tags.includes(tag) });
  const failure = isApart(event) ? null : dimensionOfFailure(event);
  if (failure !== null) {
    dimensions.push({ dimension: failure, isFirst: () => false });
    // Both are of few words, so that this dimension may have numbers of its own.
    const kind = `${providerOf(event)}/${event.classification}`;
    dimensions.push({ dimension: dimensionOf('class', kind), isFirst: () => false });
  }
  if (!isOwnMail(event)) return dimensions;
  const own = dimensions.map((one) => ({ ...one, dimension: dimensionOf('own', one.dimension) }));
  return [...dimensions, ...own];
}

/** What is noted of an event of which a counter counts only the first, ever and of its day. */
function notesOf(event: CountedEvent, once: 'perMessage' | 'perPerson') {
  return once === 'perPerson'
    ? { ever: event.first, ofDay: event.firstOfDay }
    : { ever: event.firstOfMessage, ofDay: event.firstOfMessageOnDay };
}

function raise(counts: Counts, counter: StoredCounter, by = 1): void {
  if (by !== 0) counts[counter] = (counts[counter] ?? 0) + by;
}

/** Adds up events and tallies, dimension by dimension. */
export class TallyBuilder {
  private readonly byDimension = new Map<string, Tally>();
  private readonly lags = new Map<Tally, number[]>();

  /** Adds one event to everything that it counts for. */
  addEvent(event: CountedEvent): void {
    const raised = countersRaisedBy(event);
    for (const { dimension, isFirst } of dimensionsOf(event)) {
      const tally = this.tallyOf(dimension, event.occurredAt, event.occurredAt);
      for (const counter of raised) raise(tally.counts, counter);
      for (const { name, once } of countersOfFirst(event.event)) {
        const { ever, ofDay } = notesOf(event, once);
        if (ever !== null && isFirst(ever)) raise(tally.ever, name);
        if (ofDay !== null && isFirst(ofDay)) raise(tally.counts, name);
      }
      if (dimension === allMail) addEventLags(this.lagsOf(tally), event);
    }
  }

  addTallies(tallies: readonly Tally[]): void {
    for (const added of tallies) {
      const tally = this.tallyOf(added.dimension, added.firstEventAt, added.lastEventAt);
      for (const counter of storedCounters) {
        raise(tally.counts, counter, added.counts[counter] ?? 0);
        raise(tally.ever, counter, added.ever[counter] ?? 0);
      }
      if (added.lags !== undefined) addLags(this.lagsOf(tally), added.lags);
    }
  }

  /** One tally per dimension, in their order, so that equal sums are equal as JSON. */
  tallies(): Tally[] {
    return [...this.byDimension.values()]
      .sort((a, b) => (a.dimension < b.dimension ? -1 : 1))
      .map((tally) => ({ ...tally, counts: inOrder(tally.counts), ever: inOrder(tally.ever) }));
  }

  private lagsOf(tally: Tally): number[] {
    let lags = this.lags.get(tally);
    if (lags === undefined) {
      lags = noLags();
      this.lags.set(tally, lags);
      tally.lags = lags;
    }
    return lags;
  }

  private tallyOf(dimension: string, firstEventAt: string, lastEventAt: string): Tally {
    let tally = this.byDimension.get(dimension);
    if (tally === undefined) {
      tally = { dimension, counts: {}, ever: {}, firstEventAt, lastEventAt };
      this.byDimension.set(dimension, tally);
      return tally;
    }
    if (firstEventAt < tally.firstEventAt) tally.firstEventAt = firstEventAt;
    if (lastEventAt > tally.lastEventAt) tally.lastEventAt = lastEventAt;
    return tally;
  }
}

function inOrder(counts: Counts): Counts {
  const ordered: Counts = {};
  for (const counter of storedCounters) if (counts[counter]) ordered[counter] = counts[counter];
  return ordered;
}
