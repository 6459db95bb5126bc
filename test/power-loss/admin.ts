import http from 'node:http';
import * as v from 'valibot';

export const adminToken = 'torture-admin-token';
const headers = { 'x-admintoken': adminToken, 'content-type': 'application/json' };

const documents = v.array(v.looseObject({ _id: v.string() }));
export type Document = v.InferOutput<typeof documents>[number];

/** What the owner's tools ask of a running space that was started with {@link adminToken}. */
export class Admin {
  readonly #url: string;

  /** @param url where the routes are */
  constructor(url: string) {
    this.#url = url;
  }

  /** Every document of a collection. */
  async export(collection: string): Promise<Document[]> {
    const text = await this.#ask(`export/${collection}`, {});
    return v.parse(documents, JSON.parse(text));
  }

  /** Exports a collection and reads the answer after a pause only, as a slow client does. */
  exportSlowly(collection: string, pause: number): Promise<void> {
    return new Promise((resolve) => {
      const request = http.get(
        `${this.#url}/_A_D_M_export/${collection}`,
        { headers, agent: false },
        (answer) => {
          answer.pause();
          setTimeout(() => answer.resume(), pause);
          answer.on('close', resolve);
          answer.on('error', () => {});
        },
      );
      // The space may be stopped or killed meanwhile.
      request.on('error', () => resolve());
    });
  }

  async restore(collection: string, items: readonly object[]): Promise<void> {
    await this.#ask(`restore/${collection}`, { method: 'POST', body: JSON.stringify(items) });
  }

  async update(collection: string, query: object, change: object): Promise<void> {
    await this.#ask(`query/${collection}?q=${encodeURIComponent(JSON.stringify(query))}`, {
      headers: { ...headers, 'x-updatebyquery': JSON.stringify(change) },
    });
  }

  async find(collection: string, query: object): Promise<Document[]> {
    const text = await this.#ask(`query/${collection}?q=${encodeURIComponent(JSON.stringify(query))}`, {});
    return v.parse(documents, JSON.parse(text));
  }

  /** @param ttl in milliseconds */
  async setKey(key: string, value: unknown, ttl: number): Promise<void> {
    await this.#ask(`keys?ttl=${ttl}`, { method: 'POST', body: JSON.stringify({ key, value }) });
  }

  /** The names of the keys that begin with a prefix. */
  async keys(prefix: string): Promise<string[]> {
    const found = JSON.parse(await this.#ask(`keys?key=${encodeURIComponent(`${prefix}*`)}`, {}));
    return v.parse(v.array(v.object({ key: v.string() })), found).map(({ key }) => key);
  }

  async #ask(what: string, request: RequestInit): Promise<string> {
    const response = await fetch(`${this.#url}/_A_D_M_${what}`, { headers, ...request });
    const text = await response.text();
    if (!response.ok) throw new Error(`${what} answers ${response.status}: ${text.slice(0, 300)}`);
    return text;
  }
}
