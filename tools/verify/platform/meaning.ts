import type { Quirks } from '../../../local/switches/quirks';
import type { Findings } from './findings';

/** What an answer means for an owner, where it means anything: the app is right under each. */
const meanings: { readonly [Name in keyof Quirks]?: Partial<Record<string, string>> } = {
  plan: {
    free: 'One job of a topic runs at a time and the clock strikes once an hour: docs/plans.md says how late effects may be.',
    paid: 'Many jobs run at once, so that a burst is worked off quickly.',
  },
  failedJob: {
    dropped: 'A job that fails is gone, and the sweep brings its event back within a minute or two.',
    retried: 'A job that fails comes again by itself, beside the sweep.',
    retriedAtOnce:
      'A job that fails comes again at once and repeatedly: events are done all the same once, and your hook may be called more often.',
  },
  runAt: {
    onTime: 'Numbers follow an event within about two seconds.',
    atOnce: 'Counts begin at once: numbers follow events at once, and a burst is counted more often.',
    never:
      'Counts are not started by the clock: numbers follow events by the minute, or by the hour on the free plan.',
    refused: 'Counts begin at once: numbers follow events at once, and a burst is counted more often.',
  },
  ownHealth: { shadows: 'Let a monitor ask /status: the platform answers /health itself.' },
  indexes: { refused: 'Indexes are of one field: large lists are sorted by the platform, and take longer.' },
  oversizeBody: {
    refused:
      'What is too large is refused before the app sees it, so that Mailgun tries again for eight hours.',
  },
  afterResponse: { stops: 'Your hooks must not leave work behind: nothing goes on after an answer.' },
  workerTimers: { never: 'Your hooks must not wait by setTimeout: it never fires in a worker.' },
};

/** A paragraph about what was found, and what the owner has to do about it. */
export function meaningOf({ quirks, alarms }: Findings): string {
  const sentences = Object.entries(meanings).flatMap(([name, byValue]) => {
    const value = Object.entries(quirks).find(([found]) => found === name)?.[1];
    return byValue?.[String(value)] ?? [];
  });
  const verdict =
    alarms.length === 0
      ? 'The app is right under all of these answers; this is what they mean for you.'
      : `The app cannot be trusted here. ${alarms.join(' ')}`;
  return [verdict, ...sentences].join(' ');
}
