import type { httpRequest, httpResponse } from 'codehooks-js';
import { readConfig } from '../config';
import { log, reasonOf } from '../log';
import { connect, keyspace } from '../store/connection';

async function healthStatus(): Promise<'ok' | 'not_configured' | 'unavailable'> {
  try {
    const connection = await connect();
    await connection.get('health', { keyspace });
  } catch (error) {
    log.error('storage cannot be read', { error: reasonOf(error) });
    return 'unavailable';
  }
  const settings = readConfig();
  return 'config' in settings && settings.config.signingKeys.length > 0 ? 'ok' : 'not_configured';
}

/** `GET /health`, open to everybody: whether webhooks can be taken in. */
export async function getHealth(_: httpRequest, response: httpResponse): Promise<void> {
  const status = await healthStatus();
  response.status(status === 'ok' ? 200 : 503).json({ status });
}
