import { setTimeout as sleep } from 'node:timers/promises';

/** Asks again and again until the answer is yes. @returns whether it was, within `limit` ms */
export async function poll(isSo: () => Promise<boolean>, limit: number, pause = 200): Promise<boolean> {
  const deadline = performance.now() + limit;
  do {
    if (await isSo()) return true;
    await sleep(pause);
  } while (performance.now() < deadline);
  return false;
}
