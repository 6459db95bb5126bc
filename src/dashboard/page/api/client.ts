import * as v from 'valibot';
import { encodeApiSegment } from '../browser/encode-segment';
import { problem as problemSchema } from './answers';
import { ApiProblem } from './api-problem';
import { base } from './base';

/** How long an answer is waited for, in milliseconds. */
const timeoutMs = 30_000;

/** Query parameters; those without a value are left out. */
export type Query = Readonly<Record<string, string | null | undefined>>;

interface Request {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  query?: Query;
  /** Sent as JSON. */
  body?: object;
  signal?: AbortSignal;
}

/** Speaks to the API of the space. */
export interface Client {
  /**
   * @param path segments below `/api`, not yet encoded
   * @throws ApiProblem with a sentence, also when the answer does not fit the schema
   */
  ask<Schema extends v.GenericSchema>(
    schema: Schema,
    path: readonly string[],
    request?: Request,
  ): Promise<v.InferOutput<Schema>>;
  /** Fetches a list as CSV and lets the browser save it. The key travels in a header, never in an address. */
  download(path: readonly string[], query: Query, name: string): Promise<void>;
}

function addressOf(path: readonly string[], query: Query = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value) parameters.set(name, value);
  const search = parameters.size > 0 ? `?${parameters}` : '';
  return `${base}/api/${path.map(encodeApiSegment).join('/')}${search}`;
}

async function problemOf(response: Response): Promise<ApiProblem> {
  const { status } = response;
  const answer = v.safeParse(problemSchema, await response.json().catch(() => null));
  if (status === 401 || status === 403) {
    return new ApiProblem(
      status,
      `The space refused this API key (${status}). Check that it is whole, belongs to this space and may do this.`,
    );
  }
  if (answer.success) return new ApiProblem(status, answer.output.detail);
  return new ApiProblem(status, `The space answered ${status} and did not say why. Its log may.`);
}

/**
 * @param onRefused is told when the space does not take the key
 */
export function createClient(key: string, onRefused: (problem: ApiProblem) => void): Client {
  async function send(address: string, { method = 'GET', body, signal }: Request): Promise<Response> {
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(), timeoutMs);
    const response = await fetch(address, {
      method,
      headers: { 'x-apikey': key, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
      cache: 'no-store',
      credentials: 'omit',
      signal: signal === undefined ? timeout.signal : AbortSignal.any([signal, timeout.signal]),
    })
      .catch((error: unknown) => {
        if (signal?.aborted) throw error;
        throw new ApiProblem(0, 'The space does not answer. Check that it runs and that you are online.');
      })
      // Only the beginning of an answer is waited for: a long table may take its time.
      .finally(() => clearTimeout(timer));
    if (response.ok) return response;
    const refusal = await problemOf(response);
    // A key that may only read is good for everything but changes.
    if (refusal.status === 401 || (refusal.status === 403 && method === 'GET')) onRefused(refusal);
    throw refusal;
  }

  return {
    async ask(schema, path, request = {}) {
      const response = await send(addressOf(path, request.query), request);
      const answer = v.safeParse(schema, await response.json().catch(() => undefined));
      if (answer.success) return answer.output;
      if (request.signal?.aborted) throw new DOMException('left', 'AbortError');
      const where = v.getDotPath(answer.issues[0]);
      throw new ApiProblem(
        -1,
        `The space answered what this page does not understand${where ? ` (${where})` : ''}. Reload the page.`,
      );
    },
    async download(path, query, name) {
      const response = await send(addressOf(path, query), {});
      const address = URL.createObjectURL(await response.blob());
      const link = document.createElement('a');
      link.href = address;
      link.download = name;
      link.click();
      // Some browsers begin to read it only after this.
      setTimeout(() => URL.revokeObjectURL(address), timeoutMs);
    },
  };
}
