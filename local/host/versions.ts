import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import * as v from 'valibot';
import { newId } from '../database/ids';
import { writeDurably } from '../files/durable-file';
import { readPrivateFile, writePrivateFile } from '../files/private-file';
import { StartError } from '../start-error';

const versionSchema = v.object({
  _id: v.string(),
  headers: v.record(v.string(), v.string()),
  /** The checksum of its bundle. */
  sum: v.number(),
});
const listSchema = v.object({ undeployed: v.boolean(), versions: v.array(versionSchema) });

/** A deployed version: its id sorts by time, its headers say who deployed what. */
export type Version = v.InferOutput<typeof versionSchema>;

/** How many versions are kept. */
const maxVersions = 20;

/** The versions that were deployed to a space, with their bundles, in the folder `deployments`. */
export class Versions {
  readonly #directory: string;
  readonly #listFile: string;

  constructor(spaceDirectory: string) {
    this.#directory = join(spaceDirectory, 'deployments');
    this.#listFile = join(this.#directory, 'versions.json');
    const hasBundles =
      existsSync(this.#directory) && readdirSync(this.#directory).some((name) => name.endsWith('.js'));
    if (hasBundles && !existsSync(this.#listFile))
      throw new StartError(
        `The file ${this.#listFile} is missing; restore it from a backup, or remove the folder beside it and deploy again.`,
      );
  }

  /** The versions, the newest first: it is the active one. None while the space is undeployed. */
  list(): readonly Version[] {
    const { undeployed, versions } = this.#read();
    return undeployed ? [] : versions;
  }

  /** The version that runs. */
  active(): Version | undefined {
    return this.list()[0];
  }

  /**
   * The bundle of the version that runs, as it was deployed.
   * @returns undefined when nothing was deployed
   * @throws {StartError} when the file is missing or not what was deployed
   */
  activeBundle(): string | undefined {
    const version = this.active();
    if (version === undefined) return undefined;
    const file = this.fileOf(version._id);
    if (existsSync(file) && crc32(readFileSync(file)) === version.sum) return file;
    const state = existsSync(file) ? 'damaged' : 'missing';
    throw new StartError(
      `The file ${file} is ${state}; restore it from a backup, or start with --sources and deploy again.`,
    );
  }

  /** What runs after one step back: the last version after `undeploy`, else the one before the last. */
  previous(): Version | undefined {
    const { undeployed, versions } = this.#read();
    return undeployed ? versions[0] : versions[1];
  }

  /** The bundle of a version. */
  fileOf(id: string): string {
    return join(this.#directory, `${id}.js`);
  }

  /** Writes a bundle to disk, which is no version before `activate`. Returns its id. */
  stage(bundle: string): string {
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
    // There is no bundle without a list, so that a list that is missing can be told.
    if (!existsSync(this.#listFile)) this.#write({ undeployed: false, versions: [] });
    const id = newId();
    writeDurably(this.fileOf(id), bundle);
    return id;
  }

  /** Throws a staged bundle away. */
  discard(id: string): void {
    rmSync(this.fileOf(id), { force: true });
  }

  /** Makes a staged bundle the active version; those beyond the limit are removed. */
  activate(id: string, headers: Version['headers']): void {
    const sum = crc32(readFileSync(this.fileOf(id)));
    const all = [{ _id: id, headers, sum }, ...this.#read().versions];
    this.#write({ undeployed: false, versions: all.slice(0, maxVersions) });
    for (const old of all.slice(maxVersions)) {
      this.discard(old._id);
    }
  }

  /** Makes the previous version the active one; the version that was active is gone. */
  stepBack(): void {
    const { undeployed, versions } = this.#read();
    if (undeployed) {
      this.#write({ undeployed: false, versions });
      return;
    }
    const [last, ...rest] = versions;
    this.#write({ undeployed: false, versions: rest });
    if (last !== undefined) {
      this.discard(last._id);
    }
  }

  /** Keeps the versions but makes none of them active. */
  undeploy(): void {
    const { versions } = this.#read();
    if (versions.length > 0) {
      this.#write({ undeployed: true, versions });
    }
  }

  #read(): v.InferOutput<typeof listSchema> {
    return readPrivateFile(this.#listFile, listSchema) ?? { undeployed: false, versions: [] };
  }

  #write(list: v.InferOutput<typeof listSchema>): void {
    writePrivateFile(this.#listFile, list);
  }
}
