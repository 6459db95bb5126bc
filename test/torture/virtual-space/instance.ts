import type { Connection } from '../../../local/connection';
import { parseBody } from '../../../local/http/parse-body';
import type { WaitingJob } from '../../../local/queue/index';
import type { AppFunction } from '../../../local/runtime/app-function';
import { withholdFromEndedHandlers } from '../../../local/runtime/ended-handlers';
import { currentInvocation, type Invocation } from '../../../local/runtime/invocation';
import { loadBundle } from '../../../local/runtime/load-bundle';
import type { Manifest } from '../../../local/runtime/manifest';
import type { Switches } from '../../../local/switches/switches';
import type { EncodedBody } from '../../../tools/simulate/encode/encode-delivery';
import { type Call, type Intercept, interceptConnection } from './intercept';

/** What a handler answered. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

export interface InstanceOptions {
  readonly bundleFile: string;
  readonly switches: Switches;
  readonly env: Readonly<Record<string, string>>;
  readonly connection: Connection;
  readonly intercept: Intercept;
}

/** Thrown into whatever waits for an instance that has died. */
export class Died extends Error {}

/**
 * One process of the app: the compiled bundle with module state of its own. It can die: then none of its
 * calls ever takes place or comes back any more, as if the process had been killed between two of them.
 */
export class Instance {
  readonly #manifest: Manifest;
  readonly #death = new Set<(reason: Died) => void>();
  #isDead = false;

  private constructor(manifest: Manifest) {
    this.#manifest = manifest;
  }

  static async boot(options: InstanceOptions): Promise<Instance> {
    const { bundleFile, switches, env, connection, intercept } = options;
    const self: { instance?: Instance } = {};
    const guarded: Intercept = async <Result>(call: Call, run: () => Promise<Result>) => {
      if (self.instance?.isDead) return never<Result>();
      const outcome = await intercept(call, run).then(
        (value) => () => value,
        (error: unknown) => () => {
          throw error;
        },
      );
      return self.instance?.isDead ? never<Result>() : outcome();
    };
    const intercepted = interceptConnection(connection, guarded);
    const seen = withholdFromEndedHandlers(intercepted, switches.afterResponse === 'stops');
    const { manifest } = await loadBundle(bundleFile, { open: async () => seen, env, switches });
    self.instance = new Instance(manifest);
    return self.instance;
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  kill(): void {
    this.#isDead = true;
    for (const reject of this.#death) reject(new Died('The process has died.'));
    this.#death.clear();
  }

  /** Posts a webhook. @throws Died */
  post({ contentType, body }: EncodedBody, switches: Pick<Switches, 'formRawBody'>): Promise<Answer> {
    return this.#call(this.#manifest.routehooks['POST /mailgun/events'] ?? [], {
      method: 'POST',
      headers: { 'content-type': contentType, 'content-length': String(body.length) },
      apiPath: '/mailgun/events',
      ...parseBody(body, contentType, switches.formRawBody),
      pipe: (target: NodeJS.WritableStream) => target.end(body),
    });
  }

  /** Calls a route of the API as somebody with a key would. @throws Died */
  api(route: string, request: object): Promise<Answer> {
    return this.#call(this.#manifest.routehooks[route] ?? [], request);
  }

  /** Gives a job to its worker. @throws Died */
  async work({ topic, jobId, _id, payload }: WaitingJob): Promise<void> {
    await this.#call(this.#manifest.workerhooks[topic] ?? [], { body: { topic, jobId, _id, payload } });
  }

  /** Runs everything that is scheduled. @throws Died */
  async cron(): Promise<void> {
    for (const functions of Object.values(this.#manifest.jobhooks)) await this.#call(functions, {});
  }

  /** Runs one of the scheduled jobs, by its expression. @throws Died */
  async job(cron: string): Promise<void> {
    await this.#call(this.#manifest.jobhooks[cron] ?? [], {});
  }

  #call(functions: readonly AppFunction[], request: object): Promise<Answer> {
    return new Promise<Answer>((resolve, reject) => {
      if (this.#isDead) {
        reject(new Died('The process has died.'));
        return;
      }
      this.#death.add(reject);
      const invocation: Invocation = {
        ended: false,
        isKilled: false,
        context: 'routehooks',
        appLog: () => {},
      };
      let status = 200;
      let written = '';
      const end = (body?: unknown) => {
        invocation.ended = true;
        this.#death.delete(reject);
        resolve({ status, body: body ?? (written || undefined) });
        return response;
      };
      const response = {
        status: (code: number) => {
          status = code;
          return response;
        },
        set: () => response,
        write: (text: string) => {
          written += text;
          return response;
        },
        json: end,
        send: end,
        end,
      };
      const [first] = functions;
      if (first === undefined) throw new Error('The app has no such function.');
      void currentInvocation.run(invocation, async () => {
        try {
          await first(request, response, () => {});
          end();
        } catch (error) {
          reject(error);
        }
      });
    });
  }
}

function never<Result>(): Promise<Result> {
  return new Promise(() => {});
}
