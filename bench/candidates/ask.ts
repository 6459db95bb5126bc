import { createHttpClient } from '../../tools/http-client';

/** Reads JSON from a candidate, over a connection of its own. */
export async function askJson(url: string, headers: Readonly<Record<string, string>> = {}): Promise<unknown> {
  const client = createHttpClient(1);
  try {
    const { status, text } = await client.send(new URL(url), { method: 'GET', headers });
    if (status !== 200) throw new Error(`${url} was answered ${status}: ${text.slice(0, 200)}`);
    return JSON.parse(text);
  } finally {
    client.close();
  }
}
