import * as v from 'valibot';
import { excerptOf } from '../../../src/without-addresses';
import type { SpaceAnswer, SpaceClient } from './space-client';

const ours = v.object({ status: v.picklist(['ok', 'not_configured', 'stuck', 'unavailable']) });

/** Which of the two paths of its health the app answers, and what a monitor has to ask. */
export interface FoundStatus {
  /** What `/status` answers, short. */
  readonly found: string;
  readonly ok: boolean;
  /** What a monitor has to ask, as a sentence. */
  readonly advice: string;
}

function isOurs({ body }: SpaceAnswer): boolean {
  return v.is(ours, body);
}

function short({ status, body, text }: SpaceAnswer): string {
  return `${status} ${typeof body.status === 'string' ? body.status : excerptOf(text, 40).trim()}`.trim();
}

/**
 * Asks both paths: where a space has a domain of its own, the platform answers `/health` itself, whatever the app does.
 * @throws CannotRun when the space cannot be reached
 */
export async function findStatus(space: SpaceClient): Promise<FoundStatus> {
  const status = await space.ask('/status');
  const health = await space.ask('/health');
  const found = short(status);
  const ok = status.status === 200 && isOurs(status);
  if (!isOurs(status))
    return { found, ok, advice: `The app does not answer /status (${found}): deploy it again.` };
  return {
    found,
    ok,
    advice: isOurs(health)
      ? 'The app answers /status and /health alike: let a monitor ask /status, which stays ours under every domain.'
      : `The platform answers /health itself (${short(health)}), whatever the app does: let a monitor ask /status.`,
  };
}
