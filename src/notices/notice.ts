/** One thing that somebody is told. Publishing the same key twice tells it once. */
export interface Notice {
  /** Names the step, the same for every repeat: letters, digits and `.-_:/`; at most 300 characters. */
  readonly key: string;
  readonly kind: 'alert' | 'event' | 'suppression.changed' | 'digest' | 'test';
  /** When the thing happened, ISO time. */
  readonly occurredAt: string;
  /** One line of plain text, as the subject of a mail. */
  readonly title: string;
  /** What a person reads: plain text, short lines, no markup. */
  readonly text: string;
  /** Of an alert: 'warn' | 'critical'; a resolution carries the level that is over. */
  readonly level?: 'warn' | 'critical';
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
