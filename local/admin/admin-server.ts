import type { IncomingMessage, ServerResponse } from 'node:http';
import { adminMark, type SpaceHost } from '../host/space-host';
import { networkOf } from '../http/address';
import type { Refusal } from '../http/refusal';
import { refuse } from '../http/refuse';
import type { WrongKeys } from '../http/wrong-keys';
import type { RefusalCounts } from '../log/refusal-counts';
import { AppLoadError } from '../runtime/app-load-error';
import { describeError, type Log } from '../runtime/log';
import { SettingError } from '../settings/setting-error';
import { ArgumentError } from '../storage';
import { AdminAccess } from './access/admin-access';
import type { AdminEndpoint } from './endpoints/admin-call';
import { deploy, undoDeploy } from './endpoints/deploy';
import { createIndexes, removeIndexes } from './endpoints/indexes';
import { getKeys, removeKey, setKey } from './endpoints/keys';
import { logsEndpoint } from './endpoints/logs';
import { query } from './endpoints/query';
import { exportCollection, restore } from './endpoints/restore-export';
import { usage } from './endpoints/usage';
import { serveGraphql } from './graphql/serve-graphql';
import { AdminError } from './http/admin-error';
import { decodePercents } from './http/decode-percents';

export interface AdminServerOptions {
  readonly spaces: SpaceHost;
  readonly adminToken: string;
  readonly adminHost: string | undefined;
  readonly wrongKeys: WrongKeys;
  readonly refusals: RefusalCounts;
  readonly log: Log;
}

/** Serves the endpoints that the CLI of Codehooks calls: `/SPACE/_A_D_M_...` and `/graphql`. */
export class AdminServer {
  readonly #spaces: SpaceHost;
  readonly #access: AdminAccess;
  readonly #wrongKeys: WrongKeys;
  readonly #refusals: RefusalCounts;
  readonly #log: Log;
  readonly #streams = new Set<ServerResponse>();
  readonly #endpoints: ReadonlyMap<string, AdminEndpoint>;

  constructor({ spaces, adminToken, adminHost, wrongKeys, refusals, log }: AdminServerOptions) {
    this.#spaces = spaces;
    this.#access = new AdminAccess({ adminToken, adminHost, projects: spaces.projects });
    this.#wrongKeys = wrongKeys;
    this.#refusals = refusals;
    this.#log = log;
    this.#endpoints = new Map([
      ['POST deploy', deploy],
      ['DELETE deploy', undoDeploy],
      ['GET logs', logsEndpoint(this.#streams)],
      ['GET query', query],
      ['GET keys', getKeys],
      ['POST keys', setKey],
      ['DELETE keys', removeKey],
      ['POST restore', restore],
      ['GET export', exportCollection],
      ['POST indexes', createIndexes],
      ['DELETE indexes', removeIndexes],
      ['GET usage', usage],
    ]);
  }

  /** Serves a request; never throws. */
  readonly serve = (raw: IncomingMessage, response: ServerResponse): void => {
    response.on('error', () => response.destroy());
    this.#serve(raw, response).catch(async (error: unknown) => {
      refuse(raw, response, await this.#refusalFor(error, raw));
    });
  };

  /** Ends the streams that never end by themselves. */
  close(): void {
    for (const stream of this.#streams) {
      stream.end();
    }
  }

  async #serve(raw: IncomingMessage, response: ServerResponse): Promise<void> {
    const person = this.#access.admit(raw);
    const [path = '', queryString = ''] = splitOnce(raw.url ?? '/', '?');
    const [name = '', endpoint = '', ...rest] = path.slice(1).split('/');
    if (name === 'graphql') {
      await serveGraphql({ spaces: this.#spaces, person, raw, response });
      return;
    }
    const space = this.#spaces.find(this.#spaces.projectOf(raw), name);
    if (space === undefined) {
      throw new AdminError(404, `There is no space "${name}": add it with "coho add ${name}".`);
    }
    const collection = decodePercents('name of the collection', rest.join('/'));
    const serve = this.#endpoints.get(`${raw.method} ${endpoint.slice(adminMark.length)}`);
    if (serve === undefined) {
      throw new AdminError(404, `The local space has no endpoint ${raw.method} ${endpoint}.`);
    }
    await serve({ space, raw, response, collection, queryString });
  }

  async #refusalFor(error: unknown, raw: IncomingMessage): Promise<Refusal> {
    const refusal = this.#explain(error);
    if (refusal.status !== 401 && refusal.status !== 403) return refusal;
    const address = networkOf(raw.socket);
    this.#refusals.add(refusal.kind, address);
    return refusal.isWrongKey ? this.#wrongKeys.holdBack(address, refusal) : refusal;
  }

  #explain(error: unknown): AdminError {
    if (error instanceof AdminError) return error;
    if (error instanceof AppLoadError || error instanceof SettingError || error instanceof ArgumentError) {
      return new AdminError(400, error.message);
    }
    this.#log({ level: 'error', text: `admin: ${describeError(error)}` });
    return new AdminError(500, `The local space failed: ${error instanceof Error ? error.message : error}`);
  }
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
