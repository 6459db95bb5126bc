import type { Quirks } from '../../local/switches/quirks';

/** What the platform's documentation suggests where it leaves a question open; the local space's default is harsher. */
export const documented: Partial<Quirks> = {
  noMatch: 'null',
  upsertResult: 'document',
  duplicateInsert: 'rejects',
};
