import Database from 'libsql';

const schema = (synchronous) => `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = ${synchronous};
  PRAGMA busy_timeout = 5000;
  PRAGMA cache_size = -32000;
  PRAGMA temp_store = MEMORY;
  CREATE TABLE IF NOT EXISTS events (
    id TEXT NOT NULL, day TEXT NOT NULL, event TEXT NOT NULL, recipient TEXT NOT NULL, occurred_at TEXT NOT NULL,
    message_id TEXT, severity TEXT, reason TEXT, body TEXT NOT NULL, UNIQUE (day, id)
  );
  CREATE INDEX IF NOT EXISTS events_recipient ON events (recipient, occurred_at);
  CREATE INDEX IF NOT EXISTS events_occurred ON events (occurred_at);
  CREATE TABLE IF NOT EXISTS campaign_days (
    tag TEXT NOT NULL, day TEXT NOT NULL, delivered INTEGER NOT NULL DEFAULT 0, opens INTEGER NOT NULL DEFAULT 0,
    clicks INTEGER NOT NULL DEFAULT 0, unique_opens INTEGER NOT NULL DEFAULT 0,
    unique_clicks INTEGER NOT NULL DEFAULT 0, failures INTEGER NOT NULL DEFAULT 0,
    complaints INTEGER NOT NULL DEFAULT 0, unsubscribes INTEGER NOT NULL DEFAULT 0, last_event_at TEXT,
    PRIMARY KEY (tag, day)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS firsts (
    tag TEXT NOT NULL, kind TEXT NOT NULL, recipient TEXT NOT NULL, PRIMARY KEY (tag, kind, recipient)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS subscribers (
    email TEXT PRIMARY KEY, status TEXT NOT NULL, rank INTEGER NOT NULL, reason TEXT, last_delivered_at TEXT,
    last_opened_at TEXT, last_clicked_at TEXT, last_event_at TEXT
  ) WITHOUT ROWID;
`;

/** The column that counts events of a type, and the column for the first of its kind per person and tag. */
const counters = {
  delivered: ['delivered', null],
  opened: ['opens', 'unique_opens'],
  clicked: ['clicks', 'unique_clicks'],
  failed: ['failures', null],
  complained: ['complaints', null],
  unsubscribed: ['unsubscribes', null],
};

/** The states of an address in rising order: a higher one is never lowered. */
const ranks = { active: 0, bounced: 1, unsubscribed: 2, complained: 3 };
const lastColumns = { delivered: 'last_delivered_at', opened: 'last_opened_at', clicked: 'last_clicked_at' };

function statusAfter({ event, severity }) {
  if (event === 'failed') return severity === 'permanent' ? 'bounced' : 'active';
  return event === 'unsubscribed' || event === 'complained' ? event : 'active';
}

/**
 * Opens the database, which syncs its log at every commit (FULL) or only at a checkpoint (NORMAL), and returns a function that writes an event with all its effects in one transaction;
 * an event that is known already changes nothing. Statements are prepared once.
 */
export function openStore(file, synchronous) {
  const database = new Database(file);
  database.exec(schema(synchronous));
  const insertEvent = database.prepare(
    `INSERT INTO events (id, day, event, recipient, occurred_at, message_id, severity, reason, body)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  );
  const insertFirst = database.prepare(
    'INSERT INTO firsts (tag, kind, recipient) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const count = {};
  const touch = {};
  for (const [type, [counter, unique]] of Object.entries(counters)) {
    const column = unique ?? 'unique_opens';
    count[type] = database.prepare(
      `INSERT INTO campaign_days (tag, day, ${counter}, ${column}, last_event_at) VALUES (?, ?, 1, ?, ?)
       ON CONFLICT (tag, day) DO UPDATE SET ${counter} = ${counter} + 1, ${column} = ${column} + excluded.${column},
       last_event_at = max(last_event_at, excluded.last_event_at)`,
    );
    const last = lastColumns[type] ?? 'last_event_at';
    const both =
      last === 'last_event_at' ? '' : `${last} = max(coalesce(${last}, ''), excluded.last_event_at), `;
    const [names, marks] = last === 'last_event_at' ? ['', ''] : [`, ${last}`, ', ?4'];
    touch[type] = database.prepare(
      `INSERT INTO subscribers (email, status, rank, last_event_at, reason${names}) VALUES (?1, ?2, ?3, ?4, ?5${marks})
       ON CONFLICT (email) DO UPDATE SET ${both}
       status = iif(excluded.rank > rank, excluded.status, status),
       reason = iif(excluded.rank > rank, excluded.reason, reason),
       rank = max(rank, excluded.rank), last_event_at = max(last_event_at, excluded.last_event_at)`,
    );
  }
  const begin = database.prepare('BEGIN IMMEDIATE');
  const commit = database.prepare('COMMIT');

  return (event) => {
    const occurredAt = new Date(event.timestamp * 1000).toISOString();
    const day = occurredAt.slice(0, 10);
    const { event: type, recipient } = event;
    begin.run();
    try {
      const { changes } = insertEvent.run(
        event.id,
        day,
        type,
        recipient,
        occurredAt,
        event.message?.headers?.['message-id'] ?? null,
        event.severity ?? null,
        event.reason ?? null,
        JSON.stringify(event),
      );
      if (changes > 0 && type in counters) {
        const isUnique = counters[type][1] !== null;
        for (const tag of ['*', ...(event.tags ?? [])]) {
          const first = isUnique ? insertFirst.run(tag, type, recipient).changes : 0;
          count[type].run(tag, day, first, occurredAt);
        }
        const status = statusAfter(event);
        touch[type].run(recipient, status, ranks[status], occurredAt, event.reason ?? null);
      }
      commit.run();
    } catch (error) {
      if (database.inTransaction) database.exec('ROLLBACK');
      throw error;
    }
  };
}
