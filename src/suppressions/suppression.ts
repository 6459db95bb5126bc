import * as v from 'valibot';

/** What a suppression comes from, the gravest last. */
export const suppressionLists = ['soft', 'manual', 'bounce', 'unsubscribe', 'complaint'] as const;
export type SuppressionList = (typeof suppressionLists)[number];

/** Who has told of it. */
export const sources = ['webhook', 'backfill', 'mailgun', 'import', 'person'] as const;
export type Source = (typeof sources)[number];

/** All mail of the domain. */
export const allMail = '*';
export const scopeOfTag = (tag: string) => `tag:${tag}`;
export const scopeOfList = (address: string) => `list:${address.toLowerCase()}`;
/**
 * Mail that was refused for an unsubscribe whose own scope is not told: it is from one of these tags, or from all mail.
 */
export const scopeOfRefusedMail = (tags: readonly string[]) =>
  tags.length === 0 ? allMail : `mail:${JSON.stringify([...tags].sort())}`;

const tagList = v.array(v.string());

/** The tags of mail that was refused, null for any other scope. */
export function refusedTags(scope: string): string[] | null {
  return scope.startsWith('mail:') ? v.parse(tagList, JSON.parse(scope.slice('mail:'.length))) : null;
}

const text = v.optional(v.nullable(v.string()), null);

export const suppression = v.object({
  list: v.picklist(suppressionLists),
  /** The sending domain that it holds for; null: all of them. */
  domain: text,
  /** `*`, `tag:NAME` or `list:ADDRESS`, or `mail:[TAGS]`, see {@link scopeOfRefusedMail}. */
  scope: v.optional(v.string(), allMail),
  /** When that happened which decided, ISO. */
  since: v.string(),
  /** The evidence that decided, as a text whose least wins: `RANK|TIME|KEY`. */
  evidence: v.string(),
  source: v.picklist(sources),
  /** The key of the event that decided. */
  event: text,
  /** What was said, such as the answer of the receiving server, or why a person did it. */
  detail: text,
  classification: text,
  code: text,
  provider: text,
  /** Who did it, of what a person did. */
  by: text,
  /** When it ends by itself, ISO. */
  until: text,
  /** Mailgun refuses mail, but what it says speaks against the sender, the content or a full mailbox. */
  doubtful: v.optional(v.boolean(), false),
  refusedByMailgun: v.optional(v.boolean(), false),
});

/**
 * One reason not to write to an address, with what it holds for. There is one for each list, domain and scope.
 * Facts only rise: any order and any repetition of the same events ends in the same records.
 */
export type Suppression = v.InferOutput<typeof suppression>;

/** Which suppressions are meant; what is null means all. */
export const selector = v.object({
  list: v.optional(v.nullable(v.picklist(suppressionLists)), null),
  domain: text,
  scope: text,
});
export type Selector = v.InferOutput<typeof selector>;

export const decision = v.object({
  kind: v.picklist(['lift', 'add']),
  ...selector.entries,
  /** When it was decided, ISO: it wins over what happened up to then, never over what happens later. */
  at: v.string(),
  until: text,
  /** Of what was added: since when it holds, where that is not `at`. */
  since: text,
  source: v.optional(v.picklist(sources), 'person'),
  by: text,
  why: text,
});

/** What a person has decided, or Mailgun's list in their place. */
export type Decision = v.InferOutput<typeof decision>;

type Named = Pick<Suppression, 'list' | 'domain' | 'scope'>;

/** What tells the suppressions of one address apart. */
export function idOf({ list, domain, scope }: Named): string {
  return `${list}|${domain ?? '*'}|${scope}`;
}

/** Whether a suppression is one of those that are meant. */
export function isMeant(meant: Selector, { list, domain, scope }: Named): boolean {
  return (
    (meant.list === null || meant.list === list) &&
    (meant.domain === null || meant.domain === domain) &&
    // Which of the scopes refused mail belongs to, nobody knows: whoever lifts one may have lifted it.
    (meant.scope === null ||
      meant.scope === scope ||
      (meant.list === 'unsubscribe' && refusedTags(scope) !== null))
  );
}
