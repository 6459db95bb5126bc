import { excerptOf } from '../../../src/without-addresses';
import { CannotRun } from '../../cannot-run';
import type { SpaceClient } from '../space/space-client';
import type { Findings } from './findings';

const origin = 'https://page.example';

/** What the platform answers by itself, or adds to an answer. */
export async function findAnswers(space: SpaceClient, findings: Findings): Promise<void> {
  const health = await space.ask('/health');
  findings.found('ownHealth', health.body.probe === 1 ? 'leaves' : 'shadows');
  if (health.body.probe !== 1)
    findings.remark(`/health is answered by the platform: ${excerptOf(health.text, 40)}.`);

  const refused = await space.ask('/probe/about', { headers: { 'x-apikey': 'a-key-that-nobody-has' } });
  if (refused.status < 400) findings.alarm('A key that nobody has opens the space.');
  findings.found('refusedKey', typeof refused.body.detail === 'string' ? 'sentence' : 'noAccess');
  findings.remark(`A wrong key is answered ${refused.status} ${excerptOf(refused.text, 60)}.`);

  const { headers } = await space.ask('/probe/about', { authorised: true, headers: { origin } });
  findings.found(
    'cors',
    headers.get('access-control-allow-credentials') === 'true' ? 'credentials' : 'anyOrigin',
  );
}

async function sizeSeen(space: SpaceClient, path: string): Promise<number | null> {
  const body = new FormData();
  body.append('name', 'value');
  try {
    const answer = await space.ask(path, { method: 'POST', authorised: true, body });
    return typeof answer.body.size === 'number' ? answer.body.size : null;
  } catch (error) {
    // A stream that is over may keep the handler waiting.
    if (error instanceof CannotRun) return null;
    throw error;
  }
}

/** Whether the stream of a body is still there after the handler has waited for something. */
export async function findBodyStream(space: SpaceClient, findings: Findings): Promise<void> {
  const [atOnce, later] = [
    await sizeSeen(space, '/probe/stream-at-once'),
    await sizeSeen(space, '/probe/stream-later'),
  ];
  if (atOnce === null || atOnce === 0)
    findings.unclear('bodyStream', 'a multipart body does not reach the handler by req.pipe');
  else findings.found('bodyStream', later === atOnce ? 'kept' : 'untilFirstAwait');
}
