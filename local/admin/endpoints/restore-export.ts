import * as v from 'valibot';
import { anyObject } from '../../database/object-schema';
import { AdminError } from '../http/admin-error';
import { answerArray, answerJson } from '../http/answer';
import { readJson } from '../http/read-json';
import type { AdminEndpoint } from './admin-call';

const documentsSchema = v.array(anyObject);

/** `POST _A_D_M_restore/COLLECTION` with an array: stores documents; one with an `_id` replaces the document that has the same. */
export const restore: AdminEndpoint = async ({ space, raw, response, collection }) => {
  const parsed = v.safeParse(documentsSchema, await readJson(raw));
  if (!parsed.success) {
    throw new AdminError(400, 'The body is no array of documents.');
  }
  const documents = parsed.output;
  const added = documents.filter(({ _id }) => typeof _id !== 'string');
  const writes: Promise<unknown>[] = documents.flatMap((document) => {
    const { _id } = document;
    return typeof _id === 'string'
      ? [space.connection.replaceOne(collection, _id, document, { upsert: true })]
      : [];
  });
  if (added.length > 0) {
    writes.push(space.connection.insertOne(collection, added));
  }
  await Promise.all(writes);
  answerJson(response, { count: documents.length });
};

/** `GET _A_D_M_export/COLLECTION`: every document of a collection. */
export const exportCollection: AdminEndpoint = async ({ space, response, collection }) => {
  await answerArray(response, space.connection.getMany(collection), space.log);
};
