import type { IncomingMessage, ServerResponse } from 'node:http';
import { graphql } from 'graphql';
import * as v from 'valibot';
import { anyObject } from '../../database/object-schema';
import type { SpaceHost } from '../../host/space-host';
import type { Person } from '../access/session';
import { AdminError } from '../http/admin-error';
import { answerJson } from '../http/answer';
import { readJson } from '../http/read-json';
import { resolversFor } from './resolvers';
import { schema } from './schema';

const bodySchema = v.object({
  query: v.string(),
  variables: v.nullish(anyObject),
});

export interface GraphqlCall {
  readonly spaces: SpaceHost;
  /** Who asks. */
  readonly person: Person;
  readonly raw: IncomingMessage;
  readonly response: ServerResponse;
}

/** `POST /graphql`: what the CLI asks and changes beside code and data. */
export async function serveGraphql({ spaces, person, raw, response }: GraphqlCall): Promise<void> {
  if (raw.method !== 'POST') {
    throw new AdminError(405, 'The path /graphql takes POST requests of the CLI.');
  }
  const parsed = v.safeParse(bodySchema, await readJson(raw));
  if (!parsed.success) {
    throw new AdminError(400, 'The body has no GraphQL query.');
  }
  const { query, variables } = parsed.output;
  const result = await graphql({
    schema,
    source: query,
    rootValue: resolversFor(spaces, person),
    variableValues: variables ?? {},
  });
  answerJson(response, result);
}
