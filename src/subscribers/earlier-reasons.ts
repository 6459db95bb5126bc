import * as v from 'valibot';
import type { Decision, Suppression } from '../suppressions/suppression';

const text = v.optional(v.nullable(v.string()), null);

const earlier = v.object({
  bounceReason: text,
  bounceEvidence: text,
  complaintEvidence: text,
  unsubscribeEvidence: text,
  unsubscribedFrom: v.optional(v.array(v.string()), []),
  reactivatedAt: text,
});

/**
 * What an earlier version of the app knew of an address: no domains. So it holds for all of them, until
 * `npm run audit -- --fix` has rebuilt it from the log.
 */
export function earlierReasons(document: object): { suppressions: Suppression[]; decisions: Decision[] } {
  const { reactivatedAt, unsubscribedFrom, ...known } = v.parse(earlier, document);
  const of = (list: Suppression['list'], evidence: string | null, scope = '*'): Suppression[] => {
    const [, since, event] = evidence?.split('|') ?? [];
    if (evidence === null || since === undefined) return [];
    const detail = list === 'bounce' ? known.bounceReason : null;
    return [
      {
        list,
        domain: null,
        scope,
        since,
        evidence,
        source: 'webhook',
        event: event ?? null,
        detail,
        classification: null,
        code: null,
        provider: null,
        by: null,
        until: null,
        doubtful: false,
        refusedByMailgun: true,
      },
    ];
  };
  const scopes = unsubscribedFrom.length === 0 ? ['*'] : unsubscribedFrom;
  return {
    suppressions: [
      ...of('bounce', known.bounceEvidence),
      ...of('complaint', known.complaintEvidence),
      ...scopes.flatMap((name) =>
        of(
          'unsubscribe',
          known.unsubscribeEvidence,
          name === '*' ? '*' : `${name.includes('@') ? 'list' : 'tag'}:${name}`,
        ),
      ),
    ],
    decisions:
      reactivatedAt === null
        ? []
        : [
            {
              kind: 'lift',
              list: null,
              domain: null,
              scope: null,
              at: reactivatedAt,
              until: null,
              since: null,
              source: 'person',
              by: null,
              why: null,
            },
          ],
  };
}
