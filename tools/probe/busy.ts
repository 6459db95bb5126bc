import { connect } from './notes';

/** Keeps the caller busy for a time without a timer, which a platform may lack: by calls to storage. */
export async function stayBusy(milliseconds: number, isOver: () => boolean = () => false): Promise<void> {
  const connection = await connect();
  const end = Date.now() + milliseconds;
  while (Date.now() < end && !isOver()) await connection.incr('busy', 1, { keyspace: 'probe', ttl: 60_000 });
}
