import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { createRandom, type Random } from '../../tools/simulate/plan/random';
import { withFolder } from '../torture-process/temporary-folder';
import { buildRecorder } from './build-recorder';
import { Disk } from './disk';
import { type DiskRecord, readDiskRecords } from './disk-record';
import type { Survival } from './file-contents';
import { judge } from './judge';
import { type LoadSettings, type Recording, recordLoad } from './load';
import { marksIn, type Promised } from './promised';

export interface CampaignSettings extends LoadSettings, CutSettings {}

/** What `npm test` and the torture try; the seed is given when they run. */
export const shortCampaign = {
  recipients: 30,
  pause: 300,
  largeEvents: 1,
  imports: 1,
  waitsForRetention: false,
  cuts: 10,
  // More at once start so slowly that they miss the minute in which the sweep runs, and wait for the next.
  lanes: 3,
};
export const longCampaign = {
  recipients: 400,
  pause: 5000,
  largeEvents: 3,
  imports: 3,
  waitsForRetention: true,
  cuts: 200,
  lanes: 10,
};

export interface CampaignResult {
  /** How often the power was cut and the space started again. */
  readonly cuts: number;
  /** How often the space lost something, each a sentence that says where. */
  readonly broken: readonly string[];
}

/** What may survive, by how likely it is tried: exactly what was synced, or more. */
const survivals: readonly Survival[] = [
  { share: 0, unit: 4096 },
  { share: 0, unit: 4096 },
  { share: 0.5, unit: 4096 },
  { share: 0.9, unit: 4096 },
  { share: 0.1, unit: 512 },
  { share: 0.9, unit: 512 },
  { share: 1, unit: 4096 },
];

/**
 * Records a load once, cuts the power at random moments of it and starts the space on what the disk may hold then.
 * Half of the moments are right after an answer, when everything that it promises must just have reached the disk.
 */
export function runPowerLossCampaign(settings: CampaignSettings): Promise<CampaignResult> {
  return withFolder(async (folder) => {
    const recording = await recordLoad(buildRecorder(folder), folder, settings);
    const records = readDiskRecords(recording.log);
    settings.log?.(`recorded ${records.length} steps of the disk, ${recording.promised.length} promises`);
    const { cuts, broken } = await tryCuts(recording, records, settings, folder);
    return { cuts, broken: [...whatIsNotRecorded(recording, records), ...broken] };
  });
}

export interface CutSettings {
  readonly seed: number;
  /** How often the power is cut. */
  readonly cuts: number;
  /** How many spaces are tried at the same time; most of them wait for their next minute. */
  readonly lanes: number;
  /** The first step of the record after which the power may be cut; default the first of all. */
  readonly from?: number;
  readonly log?: (line: string) => void;
}

/** Cuts the power of a recording, and starts and judges a space on what is left, in folders below `folder`. */
export async function tryCuts(
  recording: Recording,
  records: readonly DiskRecord[],
  settings: CutSettings,
  folder: string,
): Promise<CampaignResult> {
  const broken: string[] = [];
  const cuts = cutPower(recording, records, settings, folder);
  let tried = 0;
  const lane = async () => {
    for (let next = cuts.next(); !next.done; next = cuts.next()) {
      const { directory, where, kept } = next.value;
      const expectation = { promised: recording.promised, kept, notBefore: recording.endsAt };
      const wrong = await judge(join(directory, 'space'), join(directory, 'clock.json'), expectation);
      if (wrong.length > 0) {
        broken.push(`${where}: ${wrong.slice(0, 3).join('; ')}`);
        settings.log?.(broken.at(-1) ?? '');
      }
      tried += 1;
      if (tried % 20 === 0) settings.log?.(`${tried} cuts, ${broken.length} of them with losses`);
      rmSync(directory, { recursive: true, force: true });
    }
  };
  await Promise.all(Array.from({ length: settings.lanes }, lane));
  return { cuts: tried, broken };
}

/** A record that missed something would let losses pass: without a cut it must give the very files. */
function whatIsNotRecorded({ directory }: Recording, records: readonly DiskRecord[]): string[] {
  const disk = new Disk(directory);
  for (const record of records) disk.apply(record);
  const recorded = disk.current();
  const names = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(directory, join(parentPath, name)));
  return [...new Set([...recorded.keys(), ...names])].flatMap((name) => {
    // SQLite writes its shared memory by mapping it, and makes it anew at every start.
    if (name.endsWith('-shm')) return [];
    const isSame = names.includes(name) && recorded.get(name)?.equals(readFileSync(join(directory, name)));
    return isSame ? [] : [`the record of ${name} is not complete`];
  });
}

interface Cut {
  /** Holds the data folder `space`. */
  readonly directory: string;
  readonly where: string;
  readonly kept: readonly Promised[];
}

/** The data folders that cuts leave, one after the other, as replaying goes forward only. */
function* cutPower(
  { directory, promised }: Recording,
  records: readonly DiskRecord[],
  { seed, cuts, from = 1 }: CutSettings,
  folder: string,
): Generator<Cut, void> {
  const random = createRandom(seed);
  const disk = new Disk(directory);
  const marks = new Map(promised.map((one) => [one.mark, one]));
  const kept: Promised[] = [];
  let done = 0;
  for (const [number, moment] of chooseMoments(records, from, cuts, random).entries()) {
    for (; done < moment; done += 1) {
      const record = records[done];
      if (record === undefined) break;
      disk.apply(record);
      kept.push(...promisesIn(record, marks));
    }
    const survival = random.pick(survivals);
    const place = join(folder, `cut-${number}`);
    mkdirSync(place);
    disk.writeAfterPowerLoss(join(place, 'space'), survival, random);
    const where = `cut ${number} (seed ${seed}, step ${moment} of ${records.length}, share ${survival.share} in units of ${survival.unit})`;
    yield { directory: place, where, kept: [...kept] };
  }
}

const answersWell = ({ kind, data }: DiskRecord) =>
  kind === 'send' && data.toString('latin1', 0, 12) === 'HTTP/1.1 200';

function chooseMoments(
  records: readonly DiskRecord[],
  from: number,
  count: number,
  random: Random,
): number[] {
  const answers = records.flatMap((record, index) =>
    index + 1 >= from && answersWell(record) ? [index + 1] : [],
  );
  return Array.from({ length: count }, () =>
    random.chance(0.5) ? random.pick(answers) : random.integer(from, records.length),
  ).sort((a, b) => a - b);
}

/** What an answer promises. */
const promisesIn = (record: DiskRecord, promised: ReadonlyMap<string, Promised>): Promised[] =>
  answersWell(record) ? marksIn(record.data.toString()).flatMap((mark) => promised.get(mark) ?? []) : [];
