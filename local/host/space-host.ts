import { rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { ProjectList } from '../settings/project-list';
import { SettingError } from '../settings/setting-error';
import type { HostedSpace } from './hosted-space';
import { type HostedSpaceOptions, openHostedSpace } from './open-hosted-space';
import { Shutdown } from './shutdown';

/** Serves a request of the owner: `/SPACE/_A_D_M_...` and `/graphql`. */
export type ServeAdmin = (raw: IncomingMessage, response: ServerResponse) => void;

interface OpenSpace {
  readonly space: HostedSpace;
  readonly shutdown: Shutdown;
}

export interface SpaceHostOptions {
  /** The data folder. */
  readonly directory: string;
  /** The first space of the first project, which is always there. */
  readonly first: { readonly project: string; readonly space: HostedSpaceOptions };
}

/** What the paths of the owner's endpoints have after the space. */
export const adminMark = '_A_D_M_';

/** How long a space that is removed may take to come to its end, in milliseconds. */
const removalLimitMs = 5_000;

/** The spaces of a data folder: the first one, and those that the owner has added. */
export class SpaceHost {
  readonly projects: ProjectList;
  /** By project and name, with a slash between. */
  readonly #spaces = new Map<string, OpenSpace>();
  readonly #options: SpaceHostOptions;
  readonly #firstPrefix: string;
  #first: HostedSpace | undefined;

  constructor(options: SpaceHostOptions) {
    const { directory, first } = options;
    this.#options = options;
    this.projects = new ProjectList(directory, { project: first.project, space: first.space.name });
    this.#firstPrefix = `/${first.space.name}/`;
  }

  /** Opens every space. What stops them again is in the shutdown, also when one cannot be opened. */
  async open(shutdown: Shutdown): Promise<HostedSpace> {
    shutdown.push(async (limitMs) => {
      await Promise.all([...this.#spaces.values()].map((open) => open.shutdown.run(limitMs)));
    });
    const { project, space } = this.#options.first;
    const first = await this.#openSpace(project, space);
    this.#first = first;
    for (const { name, spaces } of this.projects.projects()) {
      for (const other of spaces) {
        if (this.find(name, other) === undefined) {
          await this.#openSpace(name, this.#optionsOf(name, other));
        }
      }
    }
    return first;
  }

  /** A space by its project and name. */
  find(project: string, space: string): HostedSpace | undefined {
    return this.#spaces.get(`${project}/${space}`)?.space;
  }

  /** Adds a space to a project and opens it. It gets a token of its own. */
  async addSpace(project: string, name: string): Promise<HostedSpace> {
    this.projects.addSpace(project, name);
    try {
      const space = await this.#openSpace(project, this.#optionsOf(project, name));
      space.addToken('READWRITE', '');
      return space;
    } catch (error) {
      this.projects.removeSpace(project, name);
      throw error;
    }
  }

  /** Stops a space and removes it with its data. */
  async removeSpace(project: string, name: string): Promise<void> {
    const open = this.#spaces.get(`${project}/${name}`);
    if (open === undefined) {
      throw new SettingError(`The project has no space "${name}".`);
    }
    this.projects.removeSpace(project, name);
    this.#spaces.delete(`${project}/${name}`);
    await open.shutdown.run(removalLimitMs);
    rmSync(this.#directoryOf(project, name), { recursive: true, force: true });
  }

  /**
   * Finds out whom a request is for. The usual one, for a route of the first space, costs two comparisons.
   * @param serveAdmin serves what is for the owner.
   */
  serve(raw: IncomingMessage, response: ServerResponse, serveAdmin: ServeAdmin): void {
    const target = raw.url ?? '/';
    if (target.startsWith(this.#firstPrefix) && !this.projects.areSeveral) {
      if (target.startsWith(adminMark, this.#firstPrefix.length)) {
        serveAdmin(raw, response);
      } else {
        this.#first?.handle(raw, response);
      }
      return;
    }
    const [name = '', rest = ''] = target.slice(1).split(/[/?]/, 2);
    if (name === 'graphql' || rest.startsWith(adminMark)) {
      serveAdmin(raw, response);
    } else {
      // What is for no space is refused by the first.
      (this.find(this.projectOf(raw), name) ?? this.#first)?.handle(raw, response);
    }
  }

  /**
   * The project that a request is for. The CLI names it in the header `host`, and so can a browser on this
   * machine: `http://PROJECT.localhost:3000/SPACE/...`. Every other name stands for the first project.
   */
  projectOf(raw: IncomingMessage): string {
    const { project } = this.#options.first;
    const named = /^([a-z0-9-]+)\.(?:localhost|api\.codehooks\.(?:local\.)?io)(?::\d+)?$/i.exec(
      raw.headers.host ?? '',
    )?.[1];
    const known = this.projects.projects().some(({ name }) => name === named);
    return known && named !== undefined ? named : project;
  }

  async #openSpace(project: string, options: HostedSpaceOptions): Promise<HostedSpace> {
    const shutdown = new Shutdown();
    try {
      const space = await openHostedSpace(options, shutdown);
      this.#spaces.set(`${project}/${options.name}`, { space, shutdown });
      return space;
    } catch (error) {
      await shutdown.run(0);
      throw error;
    }
  }

  #optionsOf(project: string, name: string): HostedSpaceOptions {
    const { space } = this.#options.first;
    return { ...space, name, directory: this.#directoryOf(project, name), app: undefined, fixedTokens: [] };
  }

  #directoryOf(project: string, name: string): string {
    return join(this.#options.directory, 'spaces', project, name);
  }
}
