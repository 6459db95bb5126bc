import { shortText, wellFormed } from './text';

/*
 * Mailgun promises only that fields are added, and real payloads hold null, strings for numbers and
 * `[]` for an empty object. So a value that is something else counts as absent instead of refusing the event.
 */

/** A text; null for an empty one and for what is none. */
export function readText(value: unknown): string | null {
  if (typeof value === 'string') return value === '' ? null : wellFormed(value);
  return typeof value === 'number' ? String(value) : null;
}

/** A short text, cut where it is too long; null for what is none. */
export function readShortText(value: unknown): string | null {
  return shortText(readText(value));
}

/** A number, also one that is told as a text; null for what is none. */
export function readNumber(value: unknown): number | null {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^\s*-?\d{1,15}(\.\d+)?\s*$/.test(value) ? Number(value) : null;
}
