import * as v from 'valibot';
import { updateIfMatches } from './conditional-update';
import { type Connection, platformOf } from './connection';
import { idOfKey, type Keys, withIds, withKey } from './ids';
import { mapWithLimit } from './map-with-limit';
import type { Field, FieldPath, Query, Sort, StoredDocument, Update } from './query';

/**
 * The limit of a read that wants everything: what a platform hands over without one, no document says. As much
 * as 32 bits hold.
 */
const everything = 2 ** 31 - 1;

interface ReadOptions<Document> {
  sort?: Sort<Document>;
  /** How many documents at most; all without it. */
  limit?: number;
  /** Fields that are not read. */
  without?: readonly Field<Document>[];
}

/** A schema whose fields are the only ones that are read; each must be a field of the document. */
type ProjectionSchema<Document, Entries extends v.ObjectEntries> = v.ObjectSchema<
  Entries & { [Name in Exclude<keyof Entries, keyof Document>]: never },
  undefined
>;

function optionsOf<Document>({ sort, limit = everything, without = [] }: ReadOptions<Document>): object {
  return {
    ...(sort && { sort }),
    limit,
    ...(without.length > 0 && { hints: { $fields: Object.fromEntries(without.map((name) => [name, 0])) } }),
  };
}

/** The id comes with every projection, whatever it names. */
function projectionOf<Document>(entries: v.ObjectEntries, options: ReadOptions<Document>): object {
  const names = Object.keys(entries).filter((name) => name !== '_id');
  return { ...optionsOf(options), hints: { $fields: Object.fromEntries(names.map((name) => [name, 1])) } };
}

/**
 * A collection of the Datastore. Queries, updates and projections are typed by its document; what is read is parsed.
 * Every read names a limit, and a conditional update tells nothing: the platform documents neither.
 */
export class Collection<Document extends StoredDocument, Parsed> {
  constructor(
    /** As owners see it in `coho query`. */
    readonly name: string,
    /** Parses a document. @throws ValiError when it is not one */
    readonly parse: (document: unknown) => Parsed,
    /** Which indexes serve the queries; each is a list of fields. */
    readonly indexes: ReadonlyArray<readonly FieldPath<Document>[]> = [],
    /** What a key of a document may be: everywhere else `_id` is the key, in the platform it is the id made of it. */
    readonly keys: Keys = 'any',
  ) {}

  /** Finds a document as it is stored, null when there is none. */
  async findDocument(connection: Connection, key: string): Promise<object | null> {
    const document = await platformOf(connection).findOneOrNull(this.name, idOfKey(key, this.keys));
    return document && withKey(document, this.keys);
  }

  /** Finds those of many documents that there are, each by its id: no other read is known to be cheap. */
  async findDocuments(connection: Connection, keys: readonly string[]): Promise<object[]> {
    const documents = await mapWithLimit(keys, (key) => this.findDocument(connection, key));
    return documents.filter((document) => document !== null);
  }

  /** As {@link findDocuments}, parsed. */
  async findAll(connection: Connection, keys: readonly string[]): Promise<Parsed[]> {
    return (await this.findDocuments(connection, keys)).map(this.parse);
  }

  async find(connection: Connection, id: string): Promise<Parsed | null> {
    const document = await this.findDocument(connection, id);
    return document === null ? null : this.parse(document);
  }

  async list(
    connection: Connection,
    query: Query<Document>,
    options: ReadOptions<Document> = {},
  ): Promise<Parsed[]> {
    const documents = await this.stream(connection, query, optionsOf(options)).toArray();
    return documents.map((document) => this.parse(withKey(document, this.keys)));
  }

  /** As {@link list}, but reads only the fields of a schema. */
  async project<Entries extends v.ObjectEntries>(
    connection: Connection,
    query: Query<Document>,
    schema: ProjectionSchema<Document, Entries>,
    options: Omit<ReadOptions<Document>, 'without'> = {},
  ) {
    const projection = projectionOf(schema.entries, options);
    const documents = await this.stream(connection, query, projection).toArray();
    return documents.map((document) => v.parse(schema, withKey(document, this.keys)));
  }

  /** As {@link project}, but hands over one document at a time: a long list is never in memory as a whole. */
  async visit<Entries extends v.ObjectEntries>(
    connection: Connection,
    query: Query<Document>,
    schema: ProjectionSchema<Document, Entries>,
    visit: (fields: v.InferOutput<ProjectionSchema<Document, Entries>>) => void,
    options: Omit<ReadOptions<Document>, 'without'> = {},
  ): Promise<void> {
    const projection = projectionOf(schema.entries, options);
    await this.stream(connection, query, projection).forEach((document: object) => {
      visit(v.parse(schema, withKey(document, this.keys)));
    });
  }

  async exists(connection: Connection, query: Query<Document>): Promise<boolean> {
    return (await this.stream(connection, query, { limit: 1 }).toArray()).length > 0;
  }

  /** @throws when the document is not stored, or nobody can say */
  async insert(connection: Connection, document: object & StoredDocument): Promise<void> {
    const _id = idOfKey(document._id, this.keys);
    await platformOf(connection).insertOne(this.name, { ...document, _id });
  }

  /** Changes a document. @throws when no document has this id, on platforms that say so */
  async update(connection: Connection, key: string, update: Update<Document>): Promise<void> {
    await platformOf(connection).updateOne(this.name, idOfKey(key, this.keys), update);
  }

  /** Changes a document, or creates it with the update's fields. @returns what the platform says, which may be anything */
  async upsert(connection: Connection, key: string, update: Update<Document>): Promise<unknown> {
    return platformOf(connection).updateOne(this.name, idOfKey(key, this.keys), update, { upsert: true });
  }

  /** Changes a document if it still matches; see {@link updateIfMatches}. Whether it did, only a later read tells. */
  async updateIfMatches(
    connection: Connection,
    query: Query<Document>,
    update: Update<Document>,
  ): Promise<void> {
    await updateIfMatches(connection, this.name, withIds(query, this.keys), update);
  }

  async updateMany(connection: Connection, query: Query<Document>, update: Update<Document>): Promise<void> {
    await platformOf(connection).updateMany(this.name, withIds(query, this.keys), update);
  }

  async removeMany(connection: Connection, query: Query<Document>): Promise<void> {
    await platformOf(connection).removeMany(this.name, withIds(query, this.keys));
  }

  private stream(connection: Connection, query: object, options: object) {
    return platformOf(connection).getMany(this.name, withIds(query, this.keys), options);
  }
}
