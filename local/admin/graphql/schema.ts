import { buildSchema } from 'graphql';

/** What the CLI asks for and changes; more of the platform's schema is not known, and not needed. */
export const schema = buildSchema(`
  scalar URL
  scalar IPv4
  scalar EmailAddress

  enum TokenAccess { READ READWRITE }
  enum ProjectRole { ADMIN MEMBER OWNER }

  type Token { key: ID! datastoreId: ID access: TokenAccess! description: String }
  type Variable { key: String! value: String encrypted: Boolean }
  type Datastore {
    id: ID!
    name: String!
    projectId: ID!
    restricted: Boolean
    Tokens: [Token!]!
    allowedHosts: [String!]!
    jwks: String
    Env: [Variable!]!
  }

  type Team { id: ID! name: String! isDefaultTeam: Boolean AdminTokens: [AdminToken!]! Members: [Member!]! Projects: [Project!]! }
  type AdminToken { id: ID! secret: String! }
  type Member { user: Person! role: String! }
  type Person { id: ID! name: String email: String }
  type Invitation {
    id: ID! projectId: ID projectName: String teamId: ID teamName: String email: String role: String
    createdByEmail: String createdByName: String createdDate: String
  }
  type Project {
    id: ID!
    name: String!
    uniqueName: String!
    Team: Team!
    Members: [Member!]!
    Datastores: [Datastore!]!
    Invitations: [Invitation!]!
  }

  type User {
    id: ID!
    name: String
    email: String
    sub: String
    termsAccepted: Boolean
    ProjectInvitations: [Invitation!]!
    TeamInvitations: [Invitation!]!
    UserProjects: [Project!]!
    Projects: [Project!]!
    UserTeam: Team!
    Teams: [Team!]!
  }

  type Query {
    ping: String
    currentUser: User
  }

  type Mutation {
    addProject(name: String! description: String teamId: ID): Project
    addDatastore(projectId: ID! name: String!): Datastore
    removeDatastore(datastoreId: ID!): Datastore
    addToken(datastoreId: ID! access: TokenAccess! description: String): Token
    removeToken(datastoreId: ID! tokenId: ID!): Token
    addAllowedHost(datastoreId: ID! ip: IPv4!): [String!]
    removeAllowedHost(datastoreId: ID! ip: IPv4!): [String!]
    setEnv(datastoreId: ID! key: String! value: String! encrypted: Boolean): Variable
    removeEnv(datastoreId: ID! key: String!): Variable
    addAdminToken(teamId: ID!): AdminToken
    removeAdminToken(teamId: ID! tokenId: ID!): Boolean
    acceptTerms: Boolean
    setJWKS(datastoreId: ID! jwksURI: URL!): String
    addProjectInvitation(projectId: ID! email: EmailAddress! role: ProjectRole!): Invitation
    removeProjectInvitation(invitationId: ID!): Boolean
    acceptProjectInvitation(invitationId: ID!): Boolean
    joinProject(projectId: ID!): Boolean
    removeProjectMember(projectId: ID! userId: ID): Boolean
    acceptTeamInvitation(invitationId: ID!): Boolean
    removeTeamInvitation(invitationId: ID!): Boolean
  }
`);
