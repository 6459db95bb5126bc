import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { afterAll } from 'vitest';
import type { AppSource } from '../../runtime/app-source';
import type { LogEntry } from '../../runtime/log';
import { type Space, type SpaceOptions, startSpace } from '../../space';

/** The folder of the fixture app `tour`. */
export const tourFolder = fileURLToPath(new URL('../apps/tour', import.meta.url));

/** A running space with the log it has written. */
export interface Tour extends Space {
  logged: LogEntry[];
  /** Sends a request with the space's API key. */
  call(path: string, init?: RequestInit): Promise<Response>;
}

const running = new Set<Space>();
const folders: string[] = [];

afterAll(async () => {
  for (const space of running) {
    await space.stop();
  }
  for (const folder of folders) {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** The JSON object in a response. */
export async function readObject(response: Response): Promise<Record<string, unknown>> {
  return v.parse(v.record(v.string(), v.unknown()), await response.json());
}

/** A data folder that is removed after the tests of the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'space-test-'));
  folders.push(folder);
  return folder;
}

/** An app written by hand as a bundle, as far as `var EntryPoint = { default: manifest }`. */
export function writeBundle(code: string): AppSource {
  const file = join(temporaryFolder(), 'bundle.js');
  writeFileSync(file, code);
  return { kind: 'bundle', file };
}

/** Starts a space with the fixture app `tour`, or with another one; stopped after the tests of the file. */
export async function startTour(options: Partial<SpaceOptions> = {}): Promise<Tour> {
  const logged: LogEntry[] = [];
  const space = await startSpace({
    directory: options.directory ?? temporaryFolder(),
    app: { kind: 'sources', entry: join(tourFolder, 'index.js') },
    log: (entry) => logged.push(entry),
    ...options,
  });
  const tour: Tour = {
    ...space,
    logged,
    call: (path, init = {}) => {
      const headers = new Headers(init.headers);
      headers.set('x-apikey', space.apiKey);
      return fetch(space.url + path, { redirect: 'manual', ...init, headers });
    },
    stop: async (limit) => {
      running.delete(tour);
      await space.stop(limit);
    },
  };
  running.add(tour);
  return tour;
}
