import { Datastore } from 'codehooks-js';

/** What a piece of the app saw, for the caller to read later. */
const collection = 'probe_notes';

export type Connection = Awaited<ReturnType<typeof Datastore.open>>;

export function connect(): Promise<Connection> {
  return Datastore.open();
}

/** Writes down that something happened. Inserts need no assumption about the platform. */
export async function note(run: string, what: string, value: string | number | null = null): Promise<void> {
  const connection = await connect();
  await connection.insertOne(collection, { run, what, value, at: Date.now() });
}

/** Everything that was noted in a run of the probe. */
export async function notesOf(run: string): Promise<object[]> {
  const connection = await connect();
  return connection.getMany(collection, { run }).toArray();
}

export async function removeNotes(run: string): Promise<void> {
  const connection = await connect();
  await connection.removeMany(collection, { run });
}
