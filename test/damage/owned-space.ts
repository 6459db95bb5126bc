import { cpSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import { readSpaceFile } from '../../local/start/space-file';
import { lastWords, planEvents } from '../failing-disk/trial';
import { Sender } from '../power-loss/sender';
import { SpaceProcess, signingKey } from '../torture-process/space-process';
import { type Verdict, verdictOnRefusal } from './verdict';

/** The space makes its own secrets, so that they are files in its folder. */
const env = { SPACE_API_KEY: '', MAILGUN_WEBHOOK_SIGNING_KEY: '' };

const datastores = v.object({
  data: v.object({
    currentUser: v.object({
      UserProjects: v.array(v.object({ Datastores: v.array(v.looseObject({ id: v.string() })) })),
    }),
  }),
});
const token = v.object({ data: v.object({ addToken: v.object({ key: v.string() }) }) });

/** What an owner knows of a space, by heart. */
export interface Owned {
  readonly apiKey: string;
  readonly adminToken: string;
  /** A token that was added. */
  readonly token: string;
  /** Variables, tokens, hosts and deployments, as the CLI shows them. */
  readonly settings: string;
}

/**
 * Makes a space as an owner has it: with a deployed app, variables, a token, and events.
 * @param bundle the text of the compiled app
 * @param clean where the data folder is after a stop
 * @param killed where it is after a kill while events arrived
 */
export async function makeOwnedSpace(
  seed: number,
  bundle: string,
  clean: string,
  killed: string,
): Promise<Owned> {
  const space = await SpaceProcess.serving({ directory: clean, env });
  const { apiKey, adminToken = '', url } = readSpaceFile(clean) ?? { apiKey: '', url: '' };
  const id = await datastoreId(url, adminToken);
  const setVariable = (key: string, value: string, encrypted: boolean) =>
    graphql(
      url,
      adminToken,
      'mutation ($id: ID!, $key: String!, $value: String!, $encrypted: Boolean) { setEnv(datastoreId: $id, key: $key, value: $value, encrypted: $encrypted) { key } }',
      { id, key, value, encrypted },
    );
  await ask(`${url}/_A_D_M_deploy`, adminToken, { bundle });
  await setVariable('MAX_ATTEMPTS', '7', false);
  await setVariable('MAILGUN_WEBHOOK_SIGNING_KEY', signingKey, true);
  const added = await graphql(
    url,
    adminToken,
    'mutation ($id: ID!) { addToken(datastoreId: $id, access: READWRITE) { key } }',
    { id },
  );
  const sender = new Sender();
  sender.url = url;
  await sender.tellAll(await planEvents(seed, 30));
  const settings = await readSettings(url, adminToken);
  await space.stop();

  cpSync(clean, killed, { recursive: true });
  const second = await SpaceProcess.serving({ directory: killed, env });
  sender.url = second.url ?? '';
  const told = sender.tellAll(await planEvents(seed + 1, 60)).catch(() => {});
  await Promise.race([told, sleep(600)]);
  await second.kill();
  sender.giveUp();
  await told;
  return { apiKey, adminToken, token: v.parse(token, added).data.addToken.key, settings };
}

/** Starts the space of an owner and tries what he relies on. */
export async function tryOwnedSpace(
  directory: string,
  file: string,
  owned: Owned,
  seed: number,
): Promise<Verdict> {
  const space = new SpaceProcess({ directory, env });
  try {
    if (!(await space.serves())) {
      return verdictOnRefusal(await lastWords(space), file);
    }
    const lost = await whatIsLost(space.url ?? '', owned, seed);
    return lost.length === 0 ? { kind: 'whole' } : { kind: 'wrong', why: lost.join('; ') };
  } finally {
    await space.kill();
  }
}

async function whatIsLost(url: string, owned: Owned, seed: number): Promise<string[]> {
  const lost: string[] = [];
  for (const [name, key] of Object.entries({ 'API key': owned.apiKey, token: owned.token })) {
    const { status } = await fetch(`${url}/api/summary`, { headers: { 'x-apikey': key } });
    if (status !== 200) lost.push(`with the ${name} a route answers ${status}`);
  }
  const settings = await readSettings(url, owned.adminToken).catch((error: unknown) => String(error));
  if (settings !== owned.settings) lost.push(`the settings are ${settings.slice(0, 200)}`);
  const sender = new Sender();
  sender.url = url;
  const [event] = await planEvents(seed, 1);
  const told = event === undefined ? Promise.resolve() : sender.tellAll([event]);
  await Promise.race([told, sleep(3000)]).catch((error: unknown) => lost.push(String(error)));
  if (sender.replies.at(-1)?.status !== 200) lost.push('a signed event is not taken in');
  sender.giveUp();
  return lost;
}

async function readSettings(url: string, adminToken: string): Promise<string> {
  const found = await graphql(
    url,
    adminToken,
    '{ currentUser { UserProjects { Datastores { id name Tokens { key access } allowedHosts Env { key value encrypted } } } } }',
    {},
  );
  const deployed = await ask(`${url}/_A_D_M_query/_hooks`, adminToken);
  return JSON.stringify([found, deployed]);
}

async function datastoreId(url: string, adminToken: string): Promise<string> {
  const query = '{ currentUser { UserProjects { Datastores { id } } } }';
  const found = v.parse(datastores, await graphql(url, adminToken, query, {}));
  const id = found.data.currentUser.UserProjects[0]?.Datastores[0]?.id;
  if (id === undefined) throw new Error('The space has no datastore.');
  return id;
}

const graphql = (url: string, adminToken: string, query: string, variables: object): Promise<unknown> =>
  ask(new URL('/graphql', url).href, adminToken, { query, variables });

async function ask(url: string, adminToken: string, body?: object): Promise<unknown> {
  const response = await fetch(url, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { 'x-admintoken': adminToken, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok)
    throw new Error(`${new URL(url).pathname} answers ${response.status}: ${await response.text()}`);
  return response.json();
}
