import { isPrivateAddress, isPrivateHost } from './private-address';

/** How long a destination may take for its answer. */
const timeoutMs = 5000;
/** Of an answer so much is read at most: its status says what became of the request. */
const maxAnswerBytes = 64 * 1024;

/** A destination that must not be asked. The message says why. */
export class PrivateDestination extends Error {}

/** A destination that did not answer. The message says why, as the rest of a sentence. */
export class NoAnswer extends Error {}

export interface Request {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly allowPrivate: boolean;
}

export interface Answer {
  readonly status: number;
  readonly retryAfter: string | null;
  /**
   * The answer where it is one short word of small letters, such as Slack's `no_service`; else null. Nothing longer is
   * kept: pages of errors quote the address that was asked, and that is a secret.
   */
  readonly word: string | null;
}

const wordOf = (text: string) => (/^[a-z_]{3,40}$/.test(text.trim()) ? text.trim() : null);

/** Why no connection was made, without what was asked. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (error instanceof AggregateError) return reasonOf(error.errors[0]);
  if (error.name === 'TimeoutError' || error.name === 'AbortError')
    return `nothing came within ${timeoutMs / 1000} seconds`;
  return cause instanceof Error ? reasonOf(cause) : error.message;
}

const refusal = 'The destination lies on this machine or in a private network';
const permission = 'If that is meant, set ALERT_ALLOW_PRIVATE_DESTINATIONS=yes.';

/** Why a URL is not asked whatever it resolves to, as a sentence; null when nothing speaks against it. */
export function refusalOf(url: URL, allowPrivate: boolean): string | null {
  if (allowPrivate) return null;
  if (url.protocol !== 'https:') return `The URL must begin with https. ${permission}`;
  return isPrivateHost(url.hostname) ? `${refusal}. ${permission}` : null;
}

/**
 * Node's modules for it; null on a platform that does not hand them out. They are asked for while the app runs, because to
 * import what is not there would keep the whole app from loading.
 */
function nodeModules() {
  try {
    const http = process.getBuiltinModule('node:http');
    const https = process.getBuiltinModule('node:https');
    const dns = process.getBuiltinModule('node:dns');
    return http && https && dns ? { http, https, dns } : null;
  } catch {
    return null;
  }
}
type Modules = NonNullable<ReturnType<typeof nodeModules>>;
type Lookup = NonNullable<Parameters<Modules['http']['request']>[1]['lookup']>;

/**
 * Looks an address up for a connection and refuses it there: what is checked is what is connected to, so that a name which
 * resolves differently the next time gets nothing.
 */
function checkedLookup(dns: Modules['dns'], allowPrivate: boolean): Lookup {
  return (hostname, options, callback) => {
    dns.lookup(hostname, { ...options, all: true }, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error !== null) callback(error, []);
      else if (first === undefined) callback(new Error(`${hostname} has no address`), []);
      else if (!allowPrivate && addresses.some(({ address }) => isPrivateAddress(address)))
        callback(new PrivateDestination(`${refusal}: its name resolves to one. ${permission}`), []);
      else if (options.all) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

function postByNode(
  { http, https, dns }: Modules,
  { url, headers, body, allowPrivate }: Request,
): Promise<Answer> {
  const { request } = url.protocol === 'https:' ? https : http;
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      {
        method: 'POST',
        headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
        lookup: checkedLookup(dns, allowPrivate),
        // A connection that is used again was looked up long ago.
        agent: false,
        timeout: timeoutMs,
        signal: AbortSignal.timeout(timeoutMs),
      },
      (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        const end = () => {
          const retryAfter = response.headers['retry-after'] ?? null;
          const text = size > maxAnswerBytes ? '' : Buffer.concat(chunks).toString();
          resolve({ status: response.statusCode ?? 0, retryAfter, word: wordOf(text) });
        };
        response.on('data', (chunk: Buffer) => {
          size += chunk.length;
          if (size <= maxAnswerBytes) chunks.push(chunk);
          else sent.destroy();
        });
        // The status is there: an answer that breaks off, or never ends, takes nothing back.
        response.on('error', end);
        response.on('close', end);
      },
    );
    // The clock of the socket, beside the signal: in workers the platform's timers may never fire.
    sent.on('timeout', () => sent.destroy(new NoAnswer(`nothing came within ${timeoutMs / 1000} seconds`)));
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Where only `fetch` is known: the name was checked, what it resolves to cannot be. */
async function postByFetch({ url, headers, body }: Request): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers,
    body,
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMs),
  });
  await response.body?.cancel();
  return { status: response.status, retryAfter: response.headers.get('retry-after'), word: null };
}

/**
 * Posts to a destination: within some seconds, without following redirects, and neither to this machine nor into a private
 * network unless that is allowed.
 * @throws PrivateDestination or NoAnswer
 */
export async function post(request: Request, modules = nodeModules()): Promise<Answer> {
  const refused = refusalOf(request.url, request.allowPrivate);
  if (refused !== null) throw new PrivateDestination(refused);
  try {
    return modules === null ? await postByFetch(request) : await postByNode(modules, request);
  } catch (error) {
    if (error instanceof PrivateDestination) throw error;
    throw new NoAnswer(reasonOf(error));
  }
}
