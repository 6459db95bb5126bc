import { parquetWriteFile } from 'hyparquet-writer';
import type { ExportedEvent } from './read-batch';

const text = (value: unknown): unknown => (typeof value === 'string' ? value : null);
const whole = (value: unknown): unknown => (value === null || value === undefined ? null : value);
const time = (value: unknown): unknown => (typeof value === 'string' ? new Date(value) : null);

/** Columns by the types of Parquet; what has parts of its own is JSON. */
const columns = [
  {
    type: 'STRING',
    read: text,
    names: [
      ...['cursor', 'key', 'event', 'severity', 'reason', 'classification', 'failureCode', 'recipient'],
      ...['recipientDomain', 'recipientProvider', 'domain', 'account', 'messageId', 'subject', 'url', 'ip'],
      ...['transport', 'bot', 'mailingList', 'format', 'source', 'state', 'lastError'],
    ],
  },
  { type: 'TIMESTAMP', read: time, names: ['occurredAt', 'receivedAt', 'processedAt'] },
  { type: 'DOUBLE', read: whole, names: ['timestamp'] },
  { type: 'INT32', read: whole, names: ['attachments', 'attempts', 'signingKey'] },
  {
    type: 'JSON',
    read: whole,
    names: [
      ...['tags', 'messageTags', 'unsubscribedFrom', 'userVariables', 'deliveryStatus', 'clientInfo'],
      ...['geolocation', 'flags'],
    ],
  },
] as const;

/** Writes events into a Parquet file. */
export function writeParquet(
  filename: string,
  events: readonly ExportedEvent[],
  withOriginal: boolean,
): void {
  const columnData = columns.flatMap(({ type, read, names }) =>
    names.map((name) => ({ name, type, nullable: true, data: events.map((event) => read(event[name])) })),
  );
  const original = {
    name: 'raw',
    type: 'STRING' as const,
    nullable: true,
    data: events.map(({ raw }) => text(raw)),
  };
  parquetWriteFile({ filename, columnData: withOriginal ? [...columnData, original] : columnData });
}
