import { randomUUID } from 'node:crypto';
import type { Connection } from './connection';

/** How often a document that others write too is tried again before the job is left to its retry. */
const mostRounds = 20;

/** A fresh random mark: unlike a counter or a key it can never come back. */
export function freshMark(): string {
  return randomUUID();
}

/** Runs an update whose answer says nothing reliable: what counts is what is stored afterwards. */
export async function attempt(update: Promise<unknown>): Promise<unknown> {
  try {
    return await update;
  } catch {
    // Nothing matched, or storage failed: the platform does not tell. The next read will.
    return null;
  }
}

function hasRevision(result: unknown, revision: string): boolean {
  return typeof result === 'object' && result !== null && 'rev' in result && result.rev === revision;
}

export interface Settlement<State, Fields> {
  collection: string;
  id: string;
  /** Fields that are the same whoever creates the document. */
  identity: Record<string, unknown>;
  parse: (document: object) => State;
  /** Which fields to set, given what is stored (null: nothing); null when it is as it must be. */
  decide: (current: State | null) => Fields | null;
  /** How the document is read for the first time. */
  read?: (connection: Connection, id: string) => Promise<object | null>;
}

/**
 * Brings a document to the state that `decide` asks for: read, decide, write only if nobody wrote in
 * between, and again until it holds. Right whatever a conditional update that matches nothing does, and
 * repeatable: when it returns, the last read or write said that the state is there.
 * @returns the fields that were written, or null when there was nothing to write
 * @throws when storage fails or others never stop writing
 */
export async function settle<State, Fields extends object>(
  connection: Connection,
  { collection, id, identity, parse, decide, read }: Settlement<State, Fields>,
): Promise<Fields | null> {
  let written: Fields | null = null;
  for (let round = 0; round < mostRounds; round += 1) {
    const stored: object | null =
      round === 0 && read !== undefined
        ? await read(connection, id)
        : await connection.findOneOrNull(collection, id);
    const fields = decide(stored ? parse(stored) : null);
    if (fields === null) return written;
    if (stored === null) await connection.updateOne(collection, id, { $set: identity }, { upsert: true });
    const current = stored !== null && 'rev' in stored ? stored.rev : undefined;
    const rev = freshMark();
    const result = await attempt(
      connection.updateOne(
        collection,
        { _id: id, rev: current === undefined ? { $exists: false } : current },
        { $set: { ...fields, rev } },
      ),
    );
    written = fields;
    if (hasRevision(result, rev)) return written;
  }
  throw new Error(`A document of ${collection} could not be written: others change it all the time.`);
}
