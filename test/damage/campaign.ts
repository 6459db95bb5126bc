import { cpSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom, type Random } from '../../tools/simulate/plan/random';
import { withFolder } from '../torture-process/temporary-folder';
import { damage, type Harm, harms } from './harm';
import { makeOwnedSpace, tryOwnedSpace } from './owned-space';
import { StorageReader } from './storage-reader';
import type { Verdict } from './verdict';

export interface DamageSettings {
  readonly seed: number;
  /** The text of the compiled app. */
  readonly bundle: string;
  /** Damages to the files of the storage, which is then opened and read whole. */
  readonly storageCases: number;
  /** Damages to the other files, on which the real space is started. */
  readonly startCases: number;
  readonly lanes: number;
}

export interface DamageResult {
  readonly cases: number;
  /** How often nothing was lost, and how often the owner was told. */
  readonly whole: number;
  readonly refused: number;
  /** How often something else happened, each a sentence that says where. */
  readonly broken: readonly string[];
}

/** What `npm test` and the torture try. */
export const shortDamage = { storageCases: 10, startCases: 3, lanes: 3 };
export const longDamage = { storageCases: 920, startCases: 100, lanes: 4 };

const isStorage = (name: string) => /^(space\.db|journal-)/.test(name);

/** Who deletes one of these wants a new one. */
const madeAnew = new Set(['api-key', 'admin-token', 'signing-key']);

/** Damages one file of a data folder at a time, of a space that was stopped and of one that was killed. */
export function runDamageCampaign(settings: DamageSettings): Promise<DamageResult> {
  return withFolder(async (folder) => {
    const random = createRandom(settings.seed);
    const folders = { stopped: join(folder, 'stopped'), killed: join(folder, 'killed') };
    const owned = await makeOwnedSpace(settings.seed, settings.bundle, folders.stopped, folders.killed);
    const cases = [
      ...planCases(folders, settings.storageCases, isStorage, random),
      ...planCases(folders, settings.startCases, (name) => !isStorage(name), random),
    ];
    const known = await fingerprints(folders, folder);
    const result = { cases: 0, whole: 0, refused: 0, broken: [] as string[] };
    const waiting = [...cases.entries()];
    const lane = async () => {
      const reader = new StorageReader();
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const [number, one] = next;
        const directory = join(folder, `case-${number}`);
        cpSync(one.folder, directory, { recursive: true });
        const where = damage(directory, one.file, one.harm, createRandom(one.seed));
        const verdict = isStorage(one.file)
          ? await reader.read(directory, one.file, known.get(one.folder) ?? '')
          : await tryOwnedSpace(directory, one.file, owned, one.seed);
        rmSync(directory, { recursive: true, force: true });
        result.cases += 1;
        tally(verdict, `case ${number} (seed ${settings.seed}), ${one.state}, ${one.file} ${where}`, result);
      }
      reader.close();
    };
    await Promise.all(Array.from({ length: settings.lanes }, lane));
    return result;
  });
}

function tally(
  verdict: Pick<Verdict, 'kind'> & { readonly why?: string },
  where: string,
  result: { whole: number; refused: number; broken: string[] },
): void {
  if (verdict.kind === 'wrong') result.broken.push(`${where}: ${verdict.why}`);
  else result[verdict.kind] += 1;
}

interface Case {
  /** The folder that is copied. */
  readonly folder: string;
  readonly state: string;
  readonly file: string;
  readonly harm: Harm;
  readonly seed: number;
}

function planCases(
  folders: Readonly<Record<string, string>>,
  count: number,
  isWanted: (name: string) => boolean,
  random: Random,
): Case[] {
  const files = Object.entries(folders).flatMap(([state, folder]) =>
    readdirSync(folder, { recursive: true })
      .map(String)
      .filter((name) => isWanted(name) && statSync(join(folder, name)).isFile())
      .sort()
      .map((file) => ({ state, folder, file })),
  );
  return Array.from({ length: count }, () => {
    const place = random.pick(files);
    const harm = random.pick(harms.filter((one) => one !== 'deletes' || !madeAnew.has(place.file)));
    return { ...place, harm, seed: random.integer(0, 0xffffffff) };
  });
}

/** What the storage of each folder holds while nothing is damaged, read from a copy. */
async function fingerprints(
  folders: Readonly<Record<string, string>>,
  place: string,
): Promise<Map<string, string>> {
  const reader = new StorageReader();
  const known = new Map<string, string>();
  for (const [state, folder] of Object.entries(folders)) {
    const copy = join(place, `sound-${state}`);
    cpSync(folder, copy, { recursive: true });
    const { kind, why, fingerprint } = await reader.read(copy, '', null);
    if (kind !== 'whole') throw new Error(`A space that was ${state} cannot be read: ${why}`);
    known.set(folder, fingerprint);
  }
  reader.close();
  return known;
}
