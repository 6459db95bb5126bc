import type { Json, StoredDocument } from '../connection';

/** What some fields of a document held at one moment, whatever is done to the document afterwards. */
export class FieldStates {
  /** Scalars as they are, arrays and objects as JSON text. */
  readonly #scalars = new Map<string, Json>();
  readonly #texts = new Map<string, string>();
  readonly #id: string;
  #document: StoredDocument | undefined;

  constructor(document: StoredDocument, fields: readonly string[]) {
    this.#id = document._id;
    for (const field of fields) {
      const value = ownValue(document, field);
      if (typeof value === 'object' && value !== null) this.#texts.set(field, JSON.stringify(value));
      else if (value !== undefined) this.#scalars.set(field, value);
    }
  }

  /** Whether a field holds something else in a document. */
  isChanged(field: string, document: StoredDocument): boolean {
    const value = ownValue(document, field);
    return typeof value === 'object' && value !== null
      ? this.#texts.get(field) !== JSON.stringify(value)
      : this.#texts.has(field) || this.#scalars.get(field) !== value;
  }

  /** A document with these fields as they were, and no others. */
  document(): StoredDocument {
    this.#document ??= {
      ...Object.fromEntries(this.#scalars),
      ...Object.fromEntries([...this.#texts].map(([field, text]) => [field, JSON.parse(text)])),
      _id: this.#id,
    };
    return this.#document;
  }
}

function ownValue(document: StoredDocument, field: string): Json | undefined {
  return Object.hasOwn(document, field) ? document[field] : undefined;
}
