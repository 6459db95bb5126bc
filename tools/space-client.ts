import { setTimeout as pause } from 'node:timers/promises';
import * as v from 'valibot';
import { excerptOf } from '../src/without-addresses';
import { CannotRun } from './cannot-run';
import { createHttpClient } from './http-client';

const refusal = v.object({ detail: v.string() });
/** How often a space that does not answer is asked, and how long is waited in between, in milliseconds. */
const retry = { times: 5, every: 2000 };

/** Asks the routes under `/api` of a space. */
export interface SpaceClient {
  /** @throws CannotRun when the space refuses; Error with a sentence when it does not answer as it should */
  ask<Schema extends v.GenericSchema>(
    schema: Schema,
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    body?: object,
  ): Promise<v.InferOutput<Schema>>;
  close(): void;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function connectSpace(space: { url: string; apiKey: string }): SpaceClient {
  const client = createHttpClient(1);
  const headers = { 'x-apikey': space.apiKey, 'content-type': 'application/json' };

  async function askOnce(method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: URL, body: object | undefined) {
    const content = body === undefined ? {} : { body: Buffer.from(JSON.stringify(body)) };
    try {
      return await client.send(url, { method, headers, ...content });
    } catch (error) {
      return { status: 0, text: error instanceof Error ? error.message : String(error) };
    }
  }

  return {
    async ask(schema, method, path, body) {
      for (let times = 1; ; times += 1) {
        const { status, text } = await askOnce(method, new URL(`${space.url}/api/${path}`), body);
        const answer = parseJson(text);
        if (status === 200) return v.parse(schema, answer);
        const said = v.safeParse(refusal, answer);
        if (status === 401 || status === 403) throw new CannotRun('The space refuses the API key.');
        if (status === 404 && !said.success)
          throw new CannotRun(`${space.url} has no /api/${path}: look at --url, or deploy the app anew.`);
        if (status === 400 || status === 404)
          throw new CannotRun(said.success ? said.output.detail : excerptOf(text, 300));
        if (times === retry.times)
          throw new Error(
            status === 0
              ? `The space ${space.url} cannot be reached (${text}): start it with "npm start", or look at --url.`
              : `The space answers ${status}: ${said.success ? said.output.detail : excerptOf(text, 300)}`,
          );
        await pause(retry.every);
      }
    },
    close: () => client.close(),
  };
}
