import { shortText, wellFormed } from './text';

/*
 * Mailgun promises only that fields are added, and real payloads hold null, strings for numbers and
 * `[]` for an empty object. So a value that is something else counts as absent instead of refusing the event.
 */

/** Reads a text, or a number as one; null for an empty text and for any other value. */
export function readText(value: unknown): string | null {
  if (typeof value === 'string') return value === '' ? null : wellFormed(value);
  return typeof value === 'number' ? String(value) : null;
}

/** As {@link readText}, without space around it and cut where it is too long. */
export function readShortText(value: unknown): string | null {
  return shortText(readText(value));
}

/** Reads a number, also one that is written as a text; null for any other value. */
export function readNumber(value: unknown): number | null {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^\s*-?\d{1,15}(\.\d+)?\s*$/.test(value) ? Number(value) : null;
}
