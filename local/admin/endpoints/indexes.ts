import { setTimeout as wait } from 'node:timers/promises';
import * as v from 'valibot';
import { AdminError } from '../http/admin-error';
import { answerJson } from '../http/answer';
import { readJson } from '../http/read-json';
import type { AdminCall, AdminEndpoint } from './admin-call';

const bodySchema = v.object({ collection: v.string(), index: v.array(v.string()) });

/** The CLI parses each piece that arrives as one JSON text: two in one piece would end it. */
const pieceIntervalMs = 20;

/** `POST _A_D_M_indexes` with `{collection, index}`: indexes each field and tells how far it is. */
export const createIndexes: AdminEndpoint = async (call) => {
  const { space, response } = call;
  const { collection, index } = await readBody(call);
  const { count } = space.storage.describe().find(({ name }) => name === collection) ?? { count: 0 };
  const tell = async (piece: object) => {
    response.write(JSON.stringify(piece));
    await wait(pieceIntervalMs);
  };
  for (const field of index) {
    await space.connection.createIndex(collection, [field]);
    await tell({ field, count });
    await tell({ field, processed: count });
  }
  response.end(JSON.stringify({ finished: true }));
};

/** `DELETE _A_D_M_indexes` with the same body. */
export const removeIndexes: AdminEndpoint = async (call) => {
  const { collection, index } = await readBody(call);
  for (const field of index) {
    await call.space.connection.removeIndex(collection, [field]);
  }
  answerJson(call.response, { collection, index });
};

async function readBody({ raw }: AdminCall): Promise<v.InferOutput<typeof bodySchema>> {
  const parsed = v.safeParse(bodySchema, await readJson(raw));
  if (parsed.success) {
    return parsed.output;
  }
  throw new AdminError(400, 'The body has no collection and no list of fields.');
}
