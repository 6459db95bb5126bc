import { randomUUID } from 'node:crypto';
import type { Collection } from './collection';
import { updateIfMatches } from './conditional-update';
import type { Connection } from './connection';
import { idOfKey } from './ids';
import type { StoredDocument, Update } from './query';

/** How often a document that others write too is tried again before the job is left to its retry. */
const maxRounds = 20;

/** A revision, or a mark: random, because unlike a counter or a key it can never come back. */
export function newRevision(): string {
  return randomUUID();
}

/** A document that is written by {@link compareAndSet}: `rev` tells one state of it from all others. */
export interface RevisedDocument extends StoredDocument {
  readonly rev?: string | undefined;
}

type Fields<Document> = NonNullable<Update<Document>['$set']>;

function hasRevision(document: unknown, revision: string): boolean {
  return typeof document === 'object' && document !== null && 'rev' in document && document.rev === revision;
}

interface Change<Document extends RevisedDocument, State> {
  id: string;
  /** Fields that are the same whoever creates the document. */
  identity: Fields<Document>;
  parse: (document: object) => State;
  /** Which fields to set, given what is stored (null: nothing); null when it is as it must be. */
  decide: (current: State | null) => Fields<Document> | null | Promise<Fields<Document> | null>;
}

/**
 * Compare-and-set: brings a document to the state that `decide` asks for. Reads, decides, and writes only if the
 * revision is still the one read; does it again until it holds. It is right whatever a conditional update that
 * matches nothing does, and repeatable: when it returns, the last read or write said that the state is there.
 * @throws when storage fails or others never stop writing
 */
export async function compareAndSet<Document extends RevisedDocument, State>(
  connection: Connection,
  collection: Collection<Document, unknown>,
  { id, identity, parse, decide }: Change<Document, State>,
): Promise<void> {
  for (let round = 0; round < maxRounds; round += 1) {
    const stored = await collection.findDocument(connection, id);
    const fields = await decide(stored && parse(stored));
    if (fields === null) return;
    if (stored === null) await collection.upsert(connection, id, { $set: identity });
    const current = stored !== null && 'rev' in stored ? stored.rev : undefined;
    const rev = newRevision();
    const result = await updateIfMatches(
      connection,
      collection.name,
      { _id: idOfKey(id, collection.keys), rev: current === undefined ? { $exists: false } : current },
      { $set: { ...fields, rev } },
    );
    if (hasRevision(result, rev)) return;
  }
  throw new Error(`A document of ${collection.name} could not be written: others change it all the time.`);
}
