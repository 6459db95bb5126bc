import http from 'node:http';
import * as v from 'valibot';

export const adminToken = 'torture-admin-token';
const documents = v.array(v.looseObject({ _id: v.string() }));
export type Document = v.InferOutput<typeof documents>[number];

const datastores = v.object({
  data: v.object({
    currentUser: v.object({
      UserProjects: v.array(v.object({ Datastores: v.array(v.object({ id: v.string() })) })),
    }),
  }),
});
const addedToken = v.object({ data: v.object({ addToken: v.object({ key: v.string() }) }) });

/** What the owner's tools ask of a running space. */
export class Admin {
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;

  /** @param url where the routes are */
  constructor(url: string, token = adminToken) {
    this.#url = url;
    // Each request has a connection of its own: a space may close an idle one at the moment it is used again.
    this.#headers = { 'x-admintoken': token, 'content-type': 'application/json', connection: 'close' };
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
        { headers: this.#headers, agent: false },
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
      headers: { ...this.#headers, 'x-updatebyquery': JSON.stringify(change) },
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

  async deploy(bundle: string): Promise<void> {
    await this.#ask('deploy', { method: 'POST', body: JSON.stringify({ bundle }) });
  }

  async setVariable(key: string, value: string, encrypted: boolean): Promise<void> {
    await this.#change(
      'mutation ($id: ID!, $key: String!, $value: String!, $encrypted: Boolean) { setEnv(datastoreId: $id, key: $key, value: $value, encrypted: $encrypted) { key } }',
      { key, value, encrypted },
    );
  }

  /** @returns a new token that may read and write */
  async addToken(): Promise<string> {
    const query = 'mutation ($id: ID!) { addToken(datastoreId: $id, access: READWRITE) { key } }';
    return v.parse(addedToken, await this.#change(query, {})).data.addToken.key;
  }

  /** Tokens, hosts, variables and deployments, as the CLI is told of them. */
  async settings(): Promise<string> {
    const found = await this.#graphql(
      '{ currentUser { UserProjects { Datastores { id name Tokens { key access } allowedHosts Env { key value encrypted } } } } }',
      {},
    );
    return JSON.stringify([found, JSON.parse(await this.#ask('query/_hooks', {}))]);
  }

  /** Changes something of the space itself. */
  async #change(query: string, variables: object): Promise<unknown> {
    const ids = '{ currentUser { UserProjects { Datastores { id } } } }';
    const found = v.parse(datastores, await this.#graphql(ids, {}));
    const id = found.data.currentUser.UserProjects[0]?.Datastores[0]?.id;
    return this.#graphql(query, { ...variables, id });
  }

  async #graphql(query: string, variables: object): Promise<unknown> {
    const url = new URL('/graphql', this.#url);
    const body = JSON.stringify({ query, variables });
    const response = await fetch(url, { method: 'POST', headers: this.#headers, body });
    if (!response.ok) throw new Error(`/graphql answers ${response.status}: ${await response.text()}`);
    return response.json();
  }

  async #ask(what: string, request: RequestInit): Promise<string> {
    const response = await fetch(`${this.#url}/_A_D_M_${what}`, { headers: this.#headers, ...request });
    const text = await response.text();
    if (!response.ok) throw new Error(`${what} answers ${response.status}: ${text.slice(0, 300)}`);
    return text;
  }
}
