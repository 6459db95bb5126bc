import { createHmac } from 'node:crypto';
import * as v from 'valibot';
import { equalInConstantTime } from '../../http/token';

/** Who works with the CLI. */
export interface Person {
  readonly name: string;
  readonly email: string;
}

const payloadSchema = v.object({ name: v.string(), email: v.string(), exp: v.number() });

const header = encode({ alg: 'HS256', typ: 'JWT' });

/**
 * Makes what the CLI keeps as its login: a JSON web token, signed with the admin token.
 * @param lifetimeSeconds how long the session is valid.
 */
export function createSession(adminToken: string, { name, email }: Person, lifetimeSeconds: number): string {
  const exp = Math.floor(Date.now() / 1000) + lifetimeSeconds;
  const content = `${header}.${encode({ name, email, exp })}`;
  return `${content}.${sign(adminToken, content)}`;
}

/** Who holds a session; null when it was not signed with the admin token, or is over. */
export function readSession(adminToken: string, session: string): Person | null {
  const [, payload = '', signature = ''] = session.split('.');
  // The header counts for nothing: what it says was written by the one who made the token.
  if (!equalInConstantTime(sign(adminToken, `${header}.${payload}`), signature)) {
    return null;
  }
  const text = Buffer.from(payload, 'base64url').toString('utf8');
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), payloadSchema), text);
  if (!parsed.success || parsed.output.exp * 1000 < Date.now()) {
    return null;
  }
  return { name: parsed.output.name, email: parsed.output.email };
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function sign(adminToken: string, content: string): string {
  return createHmac('sha256', adminToken).update(content).digest('base64url');
}
