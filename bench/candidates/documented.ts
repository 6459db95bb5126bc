import type { Switches } from '../../local/switches/switches';

/** What the platform's documentation suggests where it leaves a question open; the local space's default is harsher. */
export const documented: Partial<Switches> = {
  noMatch: 'null',
  upsertResult: 'document',
  duplicateInsert: 'rejects',
};
