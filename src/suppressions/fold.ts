import * as v from 'valibot';
import { decidedAt, suppressionByDecision } from './evidence';
import {
  type Decision,
  decision as decisionSchema,
  idOf,
  isMeant,
  refusedTags,
  type Suppression,
  suppression,
} from './suppression';

/** What is known for and against writing to one address. */
export interface Reasons {
  /** In the order of their ids. */
  readonly suppressions: readonly Suppression[];
  /** In the order in which they were decided. */
  readonly decisions: readonly Decision[];
}

/**
 * Most suppressions by refused mail whose unsubscribe is unknown, for one address: each campaign may have tags of its
 * own. Those with the least evidence stay, so that the order of arrival does not matter.
 */
const maxRefusedMails = 20;

const byId = (a: Suppression, b: Suppression) => (idOf(a) < idOf(b) ? -1 : 1);
const byEvidence = (a: Suppression, b: Suppression) => (a.evidence < b.evidence ? -1 : 1);

/** Whether a decision has lifted what evidence says, because that happened before. */
function isLifted(evidence: Suppression, decisions: readonly Decision[]): boolean {
  const at = decidedAt(evidence);
  return decisions.some((one) => one.kind === 'lift' && at <= one.at && isMeant(one, evidence));
}

const later = (a: string, b: string) => [a, b].sort().at(-1) ?? a;

function join(known: Suppression, more: Suppression): Suppression {
  const until = known.until === null || more.until === null ? null : later(known.until, more.until);
  const refusedByMailgun = known.refusedByMailgun || more.refusedByMailgun;
  return { ...(known.evidence <= more.evidence ? known : more), until, refusedByMailgun };
}

function withLimit(suppressions: readonly Suppression[]): Suppression[] {
  const refused = suppressions.filter(({ scope }) => refusedTags(scope) !== null);
  if (refused.length <= maxRefusedMails) return [...suppressions];
  const dropped = new Set([...refused].sort(byEvidence).slice(maxRefusedMails));
  return suppressions.filter((one) => !dropped.has(one));
}

/** What is known after more evidence. Any order and any repetition of the same evidence ends in the same. */
export function addEvidence<Known extends Reasons>(before: Known, evidence: readonly Suppression[]): Known {
  const known = new Map(before.suppressions.map((one) => [idOf(one), one]));
  for (const one of evidence) {
    if (isLifted(one, before.decisions)) continue;
    const stored = known.get(idOf(one));
    // Parsed, so that equal ones are equal as text, too.
    known.set(idOf(one), v.parse(suppression, stored === undefined ? one : join(stored, one)));
  }
  return { ...before, suppressions: withLimit([...known.values()]).sort(byId) };
}

const textOf = (one: Decision) => JSON.stringify([one.at, one.kind, one.list, one.domain, one.scope, one]);

/**
 * What is known after a decision. A decision that was taken before changes nothing.
 * @param evidence everything that speaks against the address and happened after the decision: what a lift takes away
 *   may have hidden it
 */
export function addDecision<Known extends Reasons>(
  before: Known,
  given: Decision,
  evidence: readonly Suppression[],
): Known {
  const decision = v.parse(decisionSchema, given);
  const texts = new Set(before.decisions.map(textOf));
  const decisions = texts.has(textOf(decision))
    ? before.decisions
    : [...before.decisions, decision].sort((a, b) => (textOf(a) < textOf(b) ? -1 : 1));
  const known = { ...before, decisions };
  if (decision.kind === 'add') return addEvidence(known, [suppressionByDecision(decision)]);
  const suppressions = before.suppressions.filter((one) => !isMeant(decision, one));
  return addEvidence({ ...known, suppressions }, [...evidence, ...added(decisions)]);
}

/** What is known with another pause after soft bounces, or with none. It is a count, so it is set and not added. */
export function setPause<Known extends Reasons>(before: Known, pause: Suppression | null): Known {
  const others = before.suppressions.filter(({ list }) => list !== 'soft');
  return {
    ...before,
    suppressions: [...others, ...(pause === null ? [] : [v.parse(suppression, pause)])].sort(byId),
  };
}

/** What persons have added. */
export function added(decisions: readonly Decision[]): Suppression[] {
  return decisions.filter(({ kind }) => kind === 'add').map(suppressionByDecision);
}
