import type { HostedSpace } from '../../host/hosted-space';
import type { SpaceHost } from '../../host/space-host';
import type { Person } from '../access/session';

/** There are no accounts here: everybody with an admin token is the one user, with one team. */
const userId = 'owner';
export const teamId = 'owner';

const team = { id: teamId, name: 'Local', isDefaultTeam: true };

/** The user as the CLI asks for it, with every project and space. */
export function describeUser(spaces: SpaceHost, person: Person): object {
  const projects = spaces.projects.projects().map(({ name }) => describeProject(spaces, person, name));
  const AdminTokens = spaces.projects.adminTokens.map(({ id, start }) => ({ id, secret: start }));
  return {
    id: userId,
    ...person,
    sub: 'local',
    termsAccepted: true,
    ProjectInvitations: [],
    TeamInvitations: [],
    UserProjects: projects,
    Projects: [],
    UserTeam: { ...team, AdminTokens },
    Teams: [],
  };
}

/** A project; its id is its name. */
export function describeProject(spaces: SpaceHost, person: Person, project: string): object {
  const names = spaces.projects.projects().find(({ name }) => name === project)?.spaces ?? [];
  return {
    id: project,
    name: project,
    uniqueName: project,
    Team: team,
    Members: [{ user: { id: userId, ...person }, role: 'OWNER' }],
    Datastores: names.flatMap((name) => {
      const space = spaces.find(project, name);
      return space === undefined ? [] : [describeSpace(project, space)];
    }),
    Invitations: [],
  };
}

/** A space; its id is made of the project and its name. */
export function describeSpace(project: string, { name, settings }: HostedSpace): object {
  return {
    id: `${project}/${name}`,
    name,
    projectId: project,
    restricted: false,
    Tokens: settings.tokens.map(({ token, access, description }) => ({ key: token, access, description })),
    allowedHosts: settings.allowedHosts,
    jwks: null,
    Env: settings.shownVariables(),
  };
}
