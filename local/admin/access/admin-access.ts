import type { IncomingMessage } from 'node:http';
import { equalInConstantTime } from '../../http/token';
import type { ProjectList } from '../../settings/project-list';
import { AdminError } from '../http/admin-error';
import { type Person, readSession } from './session';

export interface AdminAccessOptions {
  readonly adminToken: string;
  /** The address of this machine at which the endpoints answer, beside loopback; `0.0.0.0` or `::` for all. */
  readonly adminHost: string | undefined;
  readonly projects: ProjectList;
}

/** Headers that a proxy or a tunnel adds: what comes through one may come from anywhere. */
const forwarding = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via'];

/** Decides who may use the endpoints of the owner. */
export class AdminAccess {
  readonly #options: AdminAccessOptions;

  constructor(options: AdminAccessOptions) {
    this.#options = options;
  }

  /**
   * Admits a request: it has to come to the right address and to carry an admin token, in `x-admintoken` or
   * as a bearer token, or a session that was signed with one.
   * @returns who asks, as far as that is known.
   * @throws {AdminError} 403 for the wrong place, 401 for a missing or wrong token.
   */
  admit(raw: IncomingMessage): Person {
    if (!this.#isRightPlace(raw)) {
      throw new AdminError(
        403,
        'The admin endpoints answer on this machine only; start the space with --admin-host to open them further.',
        { kind: 'admin request from elsewhere' },
      );
    }
    const bearer = /^bearer (.+)$/i.exec(raw.headers.authorization ?? '')?.[1];
    const plain = raw.headers['x-admintoken'];
    for (const presented of [plain, bearer]) {
      if (typeof presented === 'string') {
        const person = this.#personOf(presented);
        if (person !== null) {
          return person;
        }
      }
    }
    throw new AdminError(
      401,
      'The admin token is missing or wrong: use "npm run coho -- ...", or the admin token that the space prints when it starts.',
      bearer === undefined && plain === undefined
        ? { kind: 'no admin token' }
        : { kind: 'wrong admin token', isWrongKey: true },
    );
  }

  #personOf(presented: string): Person | null {
    const { adminToken, projects } = this.#options;
    if (equalInConstantTime(adminToken, presented) || projects.isAdminToken(presented)) {
      return { name: 'admin token', email: '' };
    }
    return readSession(adminToken, presented);
  }

  #isRightPlace({ socket, headers }: IncomingMessage): boolean {
    const { adminHost } = this.#options;
    if (adminHost === '0.0.0.0' || adminHost === '::') {
      return true;
    }
    const address = (socket.localAddress ?? '').replace(/^::ffff:/, '');
    const isLoopback = address === '::1' || address.startsWith('127.');
    return (isLoopback || address === adminHost) && !forwarding.some((name) => name in headers);
  }
}
