import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { join } from 'node:path';
import * as v from 'valibot';
import { readPrivateFile, writePrivateFile } from '../files/private-file';
import { SettingError } from './setting-error';

const listSchema = v.object({
  projects: v.array(v.object({ name: v.string(), spaces: v.array(v.string()) })),
  adminTokens: v.array(v.object({ id: v.string(), start: v.string(), hash: v.string() })),
});

type List = v.InferOutput<typeof listSchema>;

/** A further admin token, without itself. */
export interface KnownAdminToken {
  readonly id: string;
  /** Its first five characters. */
  readonly start: string;
}

/** Names that would be taken for something else. */
const reserved = new Set(['graphql', 'cli_auth']);

/**
 * Which projects and spaces a data folder holds, and which admin tokens were made beside the first, in the
 * file `projects.json`. The first space of the first project is always there and not in the file.
 */
export class ProjectList {
  readonly #file: string;
  readonly #first: { readonly project: string; readonly space: string };
  #list: List;

  constructor(directory: string, first: { readonly project: string; readonly space: string }) {
    this.#file = join(directory, 'projects.json');
    this.#first = first;
    this.#list = readPrivateFile(this.#file, listSchema) ?? { projects: [], adminTokens: [] };
  }

  /** Every project with the names of its spaces, the first project first. */
  projects(): { name: string; spaces: string[] }[] {
    const { project, space } = this.#first;
    const others = this.#list.projects.filter(({ name }) => name !== project);
    const first = this.#list.projects.find(({ name }) => name === project);
    return [{ name: project, spaces: [space, ...(first?.spaces ?? [])] }, ...others];
  }

  /** Whether there is more than the first project. */
  get areSeveral(): boolean {
    return this.#list.projects.some(({ name }) => name !== this.#first.project);
  }

  /**
   * Adds a project. Its name gets an ending, as on the platform, so that two of one name differ.
   * @returns the whole name.
   * @throws {SettingError} when the name is not allowed.
   */
  addProject(wanted: string): string {
    if (!/^[a-z0-9]{4,15}$/i.test(wanted)) {
      throw new SettingError('The name of a project has 4 to 15 letters and digits.');
    }
    const name = `${wanted.toLowerCase()}-${randomBytes(2).toString('hex')}`;
    this.#change({ projects: [...this.#list.projects, { name, spaces: [] }] });
    return name;
  }

  /** @throws {SettingError} when the name is not allowed or is taken, or when there is no such project. */
  addSpace(project: string, space: string): void {
    const known = this.projects().find(({ name }) => name === project);
    if (known === undefined) {
      throw new SettingError(`There is no project "${project}".`);
    }
    if (!/^[a-z0-9][a-z0-9_-]{0,39}$/i.test(space) || reserved.has(space)) {
      throw new SettingError(`"${space}" cannot be the name of a space: use letters, digits, - and _.`);
    }
    if (known.spaces.includes(space)) {
      throw new SettingError(`The project has a space "${space}" already`);
    }
    this.#setSpaces(project, [...known.spaces, space]);
  }

  /** @throws {SettingError} for the first space of the first project. */
  removeSpace(project: string, space: string): void {
    if (project === this.#first.project && space === this.#first.space) {
      throw new SettingError(
        `The space "${space}" is the one that the data folder was made for and cannot be removed; stop the space and remove the folder instead.`,
      );
    }
    const known = this.projects().find(({ name }) => name === project);
    this.#setSpaces(project, known?.spaces.filter((name) => name !== space) ?? []);
  }

  get adminTokens(): readonly KnownAdminToken[] {
    return this.#list.adminTokens.map(({ id, start }) => ({ id, start }));
  }

  /** Makes a further admin token, which is kept as a hash only. */
  addAdminToken(): { id: string; secret: string } {
    const secret = randomBytes(24).toString('hex');
    const id = randomBytes(6).toString('hex');
    const token = { id, start: secret.slice(0, 5), hash: hashOf(secret).toString('hex') };
    this.#change({ adminTokens: [...this.#list.adminTokens, token] });
    return { id, secret };
  }

  /** Returns whether there was such a token. */
  removeAdminToken(id: string): boolean {
    const adminTokens = this.#list.adminTokens.filter((token) => token.id !== id);
    const isThere = adminTokens.length < this.#list.adminTokens.length;
    this.#change({ adminTokens });
    return isThere;
  }

  /** Whether a secret is one of the further admin tokens. */
  isAdminToken(secret: string): boolean {
    const presented = hashOf(secret);
    // Every one is compared, so that the time does not tell which it is.
    return (
      this.#list.adminTokens.filter(({ hash }) => timingSafeEqual(Buffer.from(hash, 'hex'), presented))
        .length > 0
    );
  }

  #setSpaces(project: string, spaces: readonly string[]): void {
    const first = project === this.#first.project ? this.#first.space : undefined;
    const entry = { name: project, spaces: spaces.filter((space) => space !== first) };
    const others = this.#list.projects.filter(({ name }) => name !== project);
    this.#change({ projects: [...others, entry] });
  }

  #change(change: Partial<List>): void {
    const list = { ...this.#list, ...change };
    writePrivateFile(this.#file, list);
    this.#list = list;
  }
}

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
