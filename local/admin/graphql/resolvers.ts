import type { HostedSpace } from '../../host/hosted-space';
import type { SpaceHost } from '../../host/space-host';
import { SettingError } from '../../settings/setting-error';
import type { Person } from '../access/session';
import { describeProject, describeSpace, describeUser } from './current-user';

interface OfSpace {
  datastoreId: string;
}

/**
 * The functions behind the schema. What they throw, the CLI prints; the arguments have the types that the
 * schema says.
 */
export function resolversFor(spaces: SpaceHost, person: Person) {
  return { ...queries(spaces, person), ...spaceChanges(spaces, person), ...settings(spaces), ...notHere };
}

function queries(spaces: SpaceHost, person: Person) {
  return {
    ping: () => 'pong',
    currentUser: () => describeUser(spaces, person),
    acceptTerms: () => true,
  };
}

function spaceChanges(spaces: SpaceHost, person: Person) {
  return {
    addProject: ({ name }: { name: string }) =>
      describeProject(spaces, person, spaces.projects.addProject(name)),
    addDatastore: async ({ projectId, name }: { projectId: string; name: string }) =>
      describeSpace(projectId, await spaces.addSpace(projectId, name)),
    removeDatastore: async ({ datastoreId }: OfSpace) => {
      const space = spaceOf(spaces, datastoreId);
      const project = projectOf(datastoreId);
      const removed = describeSpace(project, space);
      await spaces.removeSpace(project, space.name);
      return removed;
    },
    addAdminToken: () => spaces.projects.addAdminToken(),
    removeAdminToken: ({ tokenId }: { tokenId: string }) => spaces.projects.removeAdminToken(tokenId),
  };
}

function settings(spaces: SpaceHost) {
  return {
    addToken: ({
      datastoreId,
      access,
      description,
    }: OfSpace & { access: 'READ' | 'READWRITE'; description?: string }) => {
      const added = spaceOf(spaces, datastoreId).addToken(access, description ?? '');
      return { key: added.token, datastoreId, access, description: added.description };
    },
    removeToken: ({ datastoreId, tokenId }: OfSpace & { tokenId: string }) => {
      spaceOf(spaces, datastoreId).settings.removeToken(tokenId);
      return { key: tokenId, access: 'READ' };
    },
    addAllowedHost: ({ datastoreId, ip }: OfSpace & { ip: string }) => {
      const { settings: ofSpace } = spaceOf(spaces, datastoreId);
      ofSpace.allowHost(ip);
      return ofSpace.allowedHosts;
    },
    removeAllowedHost: ({ datastoreId, ip }: OfSpace & { ip: string }) => {
      const { settings: ofSpace } = spaceOf(spaces, datastoreId);
      ofSpace.removeHost(ip);
      return ofSpace.allowedHosts;
    },
    setEnv: ({
      datastoreId,
      key,
      value,
      encrypted,
    }: OfSpace & { key: string; value: string; encrypted?: boolean }) => {
      spaceOf(spaces, datastoreId).setVariable(key, value, encrypted === true);
      return { key, value: encrypted ? null : value, encrypted: encrypted === true };
    },
    removeEnv: ({ datastoreId, key }: OfSpace & { key: string }) => {
      spaceOf(spaces, datastoreId).removeVariable(key);
      return { key, value: null };
    },
  };
}

const refuse = (sentence: string) => () => {
  throw new SettingError(sentence);
};
const noMembers = refuse(
  'The local space has one owner, who has the admin token. Give others a token with "coho add-admintoken".',
);

const notHere = {
  setJWKS: refuse('The local space verifies no JSON web tokens: call it with an API key.'),
  addProjectInvitation: noMembers,
  removeProjectInvitation: noMembers,
  acceptProjectInvitation: noMembers,
  joinProject: noMembers,
  removeProjectMember: noMembers,
  acceptTeamInvitation: noMembers,
  removeTeamInvitation: noMembers,
};

function spaceOf(spaces: SpaceHost, datastoreId: string): HostedSpace {
  const space = spaces.find(projectOf(datastoreId), datastoreId.slice(datastoreId.indexOf('/') + 1));
  if (space === undefined) {
    throw new SettingError(`There is no space "${datastoreId}".`);
  }
  return space;
}

function projectOf(datastoreId: string): string {
  return datastoreId.slice(0, Math.max(0, datastoreId.indexOf('/')));
}
