/**
 * How every connection treats the database: commits are not synced one by one (`LogSync` does that for many at once), the
 * log is carried over by `Checkpoints`, and what is removed is overwritten.
 */
export const databaseSettings =
  'PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0; PRAGMA secure_delete = ON; PRAGMA cache_size = -32000;';
