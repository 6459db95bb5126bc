import * as v from 'valibot';

export const noticeKinds = ['alert', 'event', 'suppression.changed', 'digest', 'test'] as const;
export const noticeLevels = ['warn', 'critical'] as const;

/** One thing that somebody is told. Publishing the same key twice tells it once. */
export interface Notice {
  /** Names the step, the same for every repeat: letters, digits and `.-_:/`; at most 300 characters. */
  readonly key: string;
  readonly kind: (typeof noticeKinds)[number];
  /** When the thing happened, ISO time. */
  readonly occurredAt: string;
  /** One line of plain text, as the subject of a mail. */
  readonly title: string;
  /** What a person reads: plain text, short lines, no markup. */
  readonly text: string;
  /** Of an alert: 'warn' | 'critical'; a resolution carries the level that is over. */
  readonly level?: (typeof noticeLevels)[number];
  /** Sub-kind: of an alert the rule's name, of an event its type. */
  readonly name?: string;
  /** Of an event that failed: its class. */
  readonly classification?: string;
  readonly domain?: string;
  readonly tags?: readonly string[];
  /** Notices with the same order key reach each destination in the order in which they were published. */
  readonly orderKey?: string;
  /** What a program gets, JSON. */
  readonly data: { readonly [name: string]: unknown };
}

/** A notice as a delivery keeps it: what its message is made of. */
export const storedNotice = v.object({
  kind: v.picklist(noticeKinds),
  occurredAt: v.string(),
  title: v.string(),
  text: v.string(),
  level: v.optional(v.picklist(noticeLevels)),
  name: v.optional(v.string()),
  data: v.record(v.string(), v.unknown()),
});
export type StoredNotice = v.InferOutput<typeof storedNotice>;

/** The part of a notice that its message is made of, as JSON text: names of data may hold dots and dollar signs. */
export function noticeAsText({ kind, occurredAt, title, text, level, name, data }: Notice): string {
  return JSON.stringify({ kind, occurredAt, title, text, level, name, data });
}
