import type { Json, StoredDocument } from '../connection';

/** Fields at the top of a document, with their new values. Never the id. */
export type Patch = { readonly [field: string]: Json };

/**
 * Sets fields of a document, and gives its text as it is afterwards. What the document did not have is written behind
 * the rest, which costs no more than the new fields.
 * @param document is changed; its text is `text`
 */
export function applyPatch(document: StoredDocument, text: string, patch: Patch): string {
  const isAddition = !Object.keys(patch).some((field) => Object.hasOwn(document, field));
  Object.assign(document, patch);
  if (!isAddition) return JSON.stringify(document);
  const added = JSON.stringify(patch);
  return added === '{}' ? text : `${text.slice(0, -1)},${added.slice(1)}`;
}
