import * as v from 'valibot';
import type { KeyEntry } from '../../connection';
import { AdminError } from '../http/admin-error';
import { answerArray, answerJson } from '../http/answer';
import { readJson } from '../http/read-json';
import type { AdminCall, AdminEndpoint } from './admin-call';

const keySchema = v.object({ key: v.string(), value: v.optional(v.unknown()) });

/** `GET _A_D_M_keys?key=K`: the value of a key, or the entries of all that start with what is before a `*`. */
export const getKeys: AdminEndpoint = async (call) => {
  const { space, response } = call;
  const { key, keyspace } = readOptions(call);
  if (key.endsWith('*')) {
    await answerArray(response, entries(space.connection.getAll(key.slice(0, -1), keyspace)), space.log);
    return;
  }
  const value = await space.connection.get(key, keyspace);
  if (value === null) {
    throw new AdminError(404, 'There is no such key, or it has expired.');
  }
  answerJson(response, value);
};

/** `POST _A_D_M_keys` with `{key, value}`: sets a key, for `ttl` milliseconds or for good. */
export const setKey: AdminEndpoint = async (call) => {
  const { key, value } = await readKey(call);
  const { keyspace, ttl } = readOptions(call);
  const stored = await call.space.connection.set(key, value, { ...keyspace, ...ttl });
  answerJson(call.response, { key, value: stored });
};

/** `DELETE _A_D_M_keys` with `{key}`: removes a key, and tells the value that it had. */
export const removeKey: AdminEndpoint = async (call) => {
  const { key } = await readKey(call);
  const value = await call.space.connection.del(key, readOptions(call).keyspace);
  answerJson(call.response, { key, value });
};

async function* entries(stream: AsyncIterable<KeyEntry>): AsyncGenerator<{ key: string; value: unknown }> {
  for await (const { key, value } of stream) {
    yield { key, value };
  }
}

async function readKey({ raw }: AdminCall): Promise<v.InferOutput<typeof keySchema>> {
  const parsed = v.safeParse(keySchema, await readJson(raw));
  if (parsed.success) {
    return parsed.output;
  }
  throw new AdminError(400, 'The body has no key.');
}

/** The CLI writes `?keyspace=K?ttl=undefined` when it has a keyspace but no TTL. */
function readOptions({ queryString }: AdminCall) {
  const asked = new URLSearchParams(queryString.replace(/\?ttl=/, '&ttl=').replaceAll('+', '%2B'));
  const keyspace = asked.get('keyspace');
  const ttl = Number(asked.get('ttl') ?? Number.NaN);
  return {
    key: asked.get('key') ?? '*',
    keyspace: keyspace === null ? {} : { keyspace },
    ttl: Number.isFinite(ttl) ? { ttl } : {},
  };
}
