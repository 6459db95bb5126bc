import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { Collection } from '../store/collection';
import { compareAndSet, type RevisedDocument } from '../store/compare-and-set';
import type { Connection } from '../store/connection';
import { readConfigured } from './configured';
import { type Destination, destination, type Entry } from './destination';
import { type Endpoint, endpoint, presentEndpoint } from './endpoint';

/** Destinations that were added by the API: all are in one document, so that an event asks for them by one read. */
export const maxDestinations = 100;

const registry = v.object({ list: v.optional(v.string(), '[]') });
const list = v.array(destination);
const parseList = (document: unknown): Destination[] =>
  v.parse(list, JSON.parse(v.parse(registry, document).list));

interface RegistryDocument extends RevisedDocument {
  readonly kind: 'registry';
  /** JSON. */
  readonly list: string;
}

/** One document with every destination that was added by the API, without secrets. */
export const destinations = new Collection<RegistryDocument, Destination[]>('destinations', parseList);
const registryId = 'all';

interface SecretDocument {
  readonly _id: string;
  /** JSON. */
  readonly endpoint: string;
}

const secret = v.object({ endpoint: v.string() });

/** The endpoints, each under the id of its destination: only a request to it reads one. */
const secrets = new Collection<SecretDocument, Endpoint>('destination_secrets', (document) =>
  v.parse(endpoint, JSON.parse(v.parse(secret, document).endpoint)),
);

/** Too many destinations. */
export class TooManyDestinations extends Error {}

async function readRegistry(connection: Connection): Promise<Destination[]> {
  return (await destinations.find(connection, registryId)) ?? [];
}

/** Every destination, those of the settings first. One read by id. */
export async function readDestinations(connection: Connection): Promise<Destination[]> {
  return [
    ...readConfigured().destinations.map((one) => one.destination),
    ...(await readRegistry(connection)),
  ];
}

/** A destination by its id, null when there is none. */
export async function findDestination(connection: Connection, id: string): Promise<Destination | null> {
  return (await readDestinations(connection)).find((one) => one.id === id) ?? null;
}

/** How a destination is reached; null when it is gone. */
export async function findEndpoint(
  connection: Connection,
  { id, source }: Destination,
): Promise<Endpoint | null> {
  if (source === 'api') return secrets.find(connection, id);
  return readConfigured().destinations.find((one) => one.destination.id === id)?.entry.endpoint ?? null;
}

async function changeRegistry(
  connection: Connection,
  change: (before: Destination[]) => Destination[],
): Promise<void> {
  await compareAndSet(connection, destinations, {
    id: registryId,
    identity: { kind: 'registry' },
    parse: parseList,
    decide: (before) => {
      const text = JSON.stringify(before ?? []);
      const after = JSON.stringify(change(before ?? []));
      return after === text ? null : { list: after };
    },
  });
}

/** Adds a destination, or changes the one with the id. The secret is stored first: a destination has one when it is seen. */
export async function storeDestination(
  connection: Connection,
  { name, filter, endpoint }: Entry,
  id = randomBytes(9).toString('hex'),
): Promise<Destination> {
  await secrets.upsert(connection, id, { $set: { endpoint: JSON.stringify(endpoint) } });
  const createdAt = new Date().toISOString();
  const stored: Destination = { id, name, ...presentEndpoint(endpoint), filter, createdAt, source: 'api' };
  await changeRegistry(connection, (before) => {
    const known = before.find((one) => one.id === id);
    if (known !== undefined)
      return before.map((one) => (one.id === id ? { ...stored, createdAt: known.createdAt } : one));
    return before.length >= maxDestinations ? before : [...before, stored];
  });
  const found = (await readRegistry(connection)).find((one) => one.id === id);
  if (found !== undefined) return found;
  await secrets.removeMany(connection, { _id: id });
  throw new TooManyDestinations(`There are ${maxDestinations} destinations: delete one first.`);
}

/** Forgets a destination and its secret. Can be repeated. */
export async function forgetDestination(connection: Connection, id: string): Promise<void> {
  await changeRegistry(connection, (before) => before.filter((one) => one.id !== id));
  await secrets.removeMany(connection, { _id: id });
}
