import { isPublic } from '../events/fields';
import type { StoredEvent } from './stored-event';

/** An event as the API gives it: without the original and what only the app needs. */
export function presentEvent(event: StoredEvent): Record<string, unknown> {
  return Object.fromEntries(Object.entries(event).filter(([name]) => isPublic(name)));
}
