import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll } from 'vitest';
import { prepareCliHome } from '../../coho/cli-home';
import { type Space, type SpaceOptions, startSpace } from '../../space';

const cli = createRequire(import.meta.url).resolve('codehooks/dist/index.js');

const folders: string[] = [];
const spaces = new Set<Space>();

afterAll(async () => {
  for (const space of spaces) await space.stop();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder that is removed after the tests of the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'coho-test-'));
  folders.push(folder);
  return folder;
}

/** What the CLI has printed and how it has ended. */
export interface CliResult {
  readonly out: string;
  readonly err: string;
  readonly code: number | null;
}

/** The real CLI, in a folder and with a home of its own. */
export class Cli {
  /** The folder of the app. */
  readonly folder = temporaryFolder();
  readonly env: NodeJS.ProcessEnv;
  readonly #url: string;

  /** @param adminToken signs the login. */
  constructor(url: string, adminToken: string) {
    this.#url = url;
    symlinkSync(join(process.cwd(), 'node_modules'), join(this.folder, 'node_modules'));
    this.env = {
      PATH: process.env.PATH,
      HOME: this.folder,
      // Its tables are as wide as the terminal.
      NODE_OPTIONS: '--import=data:text/javascript,process.stdout.columns=160',
      ...this.logIn(adminToken),
    };
  }

  /** Replaces the login. Returns the variables that the CLI needs. */
  logIn(adminToken: string): NodeJS.ProcessEnv {
    const space = { url: this.#url, apiKey: '', adminToken, project: 'local', pid: process.pid };
    return prepareCliHome(this.folder, this.folder, space);
  }

  /** Writes the entry of the app. */
  write(code: string, name = 'index.js'): void {
    writeFileSync(join(this.folder, name), code);
  }

  /** Makes the app with this entry, an absolute path, the app of the folder. */
  use(entry: string): void {
    this.write(`export { default } from ${JSON.stringify(entry)};`);
  }

  /** Starts a command that may not end by itself. */
  start(...args: string[]) {
    return spawn(process.execPath, [cli, ...args], { cwd: this.folder, env: this.env });
  }

  /** Runs a command to its end; `dialogue` has what it asks and the line that answers. */
  async run(
    args: readonly string[],
    dialogue: readonly [question: string, line: string][] = [],
  ): Promise<CliResult> {
    const child = this.start(...args);
    const waiting = [...dialogue];
    let asked = '';
    const answer = (part = '') => {
      asked += part;
      const [next] = waiting;
      if (next !== undefined && asked.includes(next[0])) {
        waiting.shift();
        child.stdin.write(`${next[1]}\n`);
      }
      if (waiting.length === 0) child.stdin.end();
    };
    child.stdin.on('error', () => {});
    child.stdout.on('data', answer);
    answer();
    const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
    const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
    return { out: plain(out), err: plain(err), code };
  }

  /** What a command prints on stdout. */
  async print(...args: string[]): Promise<string> {
    return (await this.run(args)).out;
  }
}

/** Without colours and the movements of progress bars. */
function plain(output: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the terminal's sequences begin with one
  return output.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '');
}

/** A space of a test, with the CLI that is logged in to it. */
export interface CohoSpace extends Space {
  readonly directory: string;
  readonly cli: Cli;
  /** Sends a request with the space's API key. */
  call(path: string, init?: RequestInit): Promise<Response>;
}

/** Starts a space without an app, unless the options name one. */
export async function startCoho(options: Partial<SpaceOptions> = {}): Promise<CohoSpace> {
  const directory = options.directory ?? temporaryFolder();
  const space = await startSpace({ log: () => {}, ...options, directory });
  spaces.add(space);
  return Object.assign(space, {
    directory,
    cli: new Cli(space.url, space.adminToken),
    call: (path: string, init: RequestInit = {}) => {
      const headers = new Headers(init.headers);
      headers.set('x-apikey', space.apiKey);
      return fetch(space.url + path, { ...init, headers });
    },
  });
}

/** A POST request with a JSON body. */
export function json(body: unknown): RequestInit {
  return { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
}
