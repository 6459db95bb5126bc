import * as v from 'valibot';
import { failureClasses } from '../events/classify';
import { type Notice, noticeLevels } from './notice';

/** What a destination may ask for; a test is sent to the destination that it is asked for, whatever its filter says. */
export const wantedKinds = ['alert', 'digest', 'event', 'suppression.changed'] as const;

/** Values of one condition: more belong into a destination that wants all and chooses itself. */
const maxValues = 200;
const name = v.pipe(
  v.string('it must be a text.'),
  v.trim(),
  v.nonEmpty('it must not be empty.'),
  v.maxLength(300),
);
const lowerName = v.pipe(name, v.toLowerCase());
const listOf = <Schema extends v.GenericSchema>(schema: Schema) =>
  v.optional(
    v.pipe(
      v.array(schema, 'it must be a list.'),
      v.minLength(1, 'it must name at least one; leave it out for all.'),
      v.maxLength(maxValues, `it must name at most ${maxValues}.`),
    ),
  );

/** Which notices a destination wants. What is left out is no condition; without kinds: alerts and digests. */
export const filter = v.pipe(
  v.strictObject({
    kinds: listOf(v.picklist(wantedKinds, `it must be one of ${wantedKinds.join(', ')}.`)),
    /** Of alerts. */
    levels: listOf(v.picklist(noticeLevels, `it must be one of ${noticeLevels.join(', ')}.`)),
    /** Of alerts: names of rules. */
    rules: listOf(name),
    domains: listOf(lowerName),
    tags: listOf(lowerName),
    /** Of events: Mailgun's names, such as `failed`. */
    eventTypes: listOf(lowerName),
    /** Of events that failed. */
    classes: listOf(v.picklist(failureClasses, `it must be one of ${failureClasses.join(', ')}.`)),
  }),
  v.check(
    ({ kinds = [], eventTypes, classes }) =>
      (eventTypes === undefined && classes === undefined) || kinds.includes('event'),
    'eventTypes and classes choose among events: add the kind event to kinds.',
  ),
);
export type Filter = v.InferOutput<typeof filter>;

const allows = <Value>(wanted: readonly Value[] | undefined, value: Value | undefined) =>
  wanted === undefined || (value !== undefined && wanted.includes(value));

/** What a destination is asked by: a notice, or what is known of it before it is made. */
export type Described = Pick<Notice, 'kind' | 'level' | 'name' | 'classification' | 'domain' | 'tags'>;

/** Whether a destination with this filter wants a notice. */
export function wants(filter: Filter, notice: Described): boolean {
  const { kinds = ['alert', 'digest'], levels, rules, domains, tags, eventTypes, classes } = filter;
  const { kind } = notice;
  if (kind === 'test' || !kinds.includes(kind)) return false;
  // A digest is about all mail, whichever domain a destination's alerts are of.
  if (kind === 'digest') return true;
  if (!allows(domains, notice.domain?.toLowerCase())) return false;
  if (tags !== undefined && !(notice.tags ?? []).some((tag) => tags.includes(tag.toLowerCase())))
    return false;
  if (kind === 'alert') return allows(levels, notice.level) && allows(rules, notice.name);
  if (kind !== 'event') return true;
  return allows(eventTypes, notice.name) && allows(classes, notice.classification);
}
