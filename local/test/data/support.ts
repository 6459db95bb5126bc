import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Connection } from '../../connection';
import { openStorage, type Storage } from '../../storage';
import { type Quirks, usual } from '../../switches/quirks';

/** A directory that vanishes after the test. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'space-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** A storage in a new directory, closed after the test, and its connection. */
export function newStorage({ quirks = {}, now }: { quirks?: Partial<Quirks>; now?: () => number } = {}): {
  storage: Storage;
  connection: Connection;
  directory: string;
} {
  const directory = temporaryDirectory();
  const storage = openStorage({ directory, quirks: { ...usual, ...quirks }, ...(now && { now }) });
  onTestFinished(() => storage.close());
  return { storage, connection: storage.connection(), directory };
}

/** The ids of documents, sorted. */
export function ids(documents: readonly { _id: string }[]): string[] {
  return documents.map(({ _id }) => _id).sort();
}
