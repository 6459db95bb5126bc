import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HostFailureResult } from '../host-failures/host-failure-result';
import { SpaceProcess } from '../space-process';
import { withFolder } from '../temporary-folder';
import type { Behaviour } from './crowd';
import { CrowdProcess } from './crowd-process';
import { GenuineSender } from './genuine-sender';
import { residentMemory } from './process-figures';

/** Connections of each kind. */
const size = 10_000;
/** How long each kind goes on, in seconds. */
const seconds = 13;
/** A genuine webhook comes so often, in milliseconds. */
const everyMs = 50;
/** A machine that is busy with other things sends fewer; with less than this nothing is shown. */
const leastSent = 50;
/** The share of genuine webhooks that must be answered 200 in the midst of each. */
const leastAnswered = 0.99;

const post = 'POST /dev/mailgun/events HTTP/1.1\r\nHost: space\r\nContent-Type: application/json\r\n';

const behaviours: readonly Behaviour[] = [
  { name: 'come and go', text: '', drip: '', bytesPerSecond: null, leaves: true },
  {
    name: 'ask for a page and go',
    text: 'GET /dev/dashboard HTTP/1.1\r\nHost: space\r\n\r\n',
    drip: '',
    bytesPerSecond: null,
    leaves: true,
  },
  {
    name: 'send half a body and go',
    text: `${post}Content-Length: 5000\r\n\r\n{`,
    drip: '',
    bytesPerSecond: null,
    leaves: true,
  },
  { name: 'say nothing', text: '', drip: '', bytesPerSecond: null },
  {
    name: 'drip a header',
    text: 'POST /dev/mailgun/events HTTP/1.1\r\nHost: sp',
    drip: 'a',
    bytesPerSecond: null,
  },
  { name: 'drip a body', text: `${post}Content-Length: 5000\r\n\r\n{`, drip: ' ', bytesPerSecond: null },
  {
    name: 'drip a large body',
    text: `${post}Content-Length: 900000\r\n\r\n{`,
    drip: ' ',
    bytesPerSecond: null,
  },
  {
    name: 'drip chunks',
    text: `${post}Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n`,
    drip: '1\r\n \r\n',
    bytesPerSecond: null,
  },
  {
    name: 'read a page slowly',
    text: 'GET /dev/dashboard HTTP/1.1\r\nHost: space\r\n\r\n'.repeat(2),
    drip: '',
    bytesPerSecond: 1,
  },
];

interface Siege {
  readonly opened: number;
  readonly most: number;
  readonly sent: number;
  readonly answered: number;
  readonly others: string;
  readonly mebibytes: number;
}

async function besiege(space: SpaceProcess, sender: GenuineSender, crowd: CrowdProcess): Promise<Siege> {
  let mebibytes = 0;
  const answers: Promise<unknown>[] = [];
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    answers.push(sender.send());
    if (process.platform === 'linux') mebibytes = Math.max(mebibytes, await residentMemory(space.pid));
    await sleep(everyMs);
  }
  await Promise.all(answers);
  const { opened, most } = await crowd.end();
  const { sent, answered, replies } = sender;
  const others = [...replies].filter(([reply]) => reply !== 200).map(([reply, count]) => `${count} ${reply}`);
  return { opened, most, sent, answered, others: others.join(', '), mebibytes };
}

/** Ten thousand connections of each kind that are in no hurry, while Mailgun goes on. */
export function sieges(seed: number): Promise<HostFailureResult> {
  return withFolder(async (folder) => {
    const space = await SpaceProcess.serving({ directory: join(folder, 'space') });
    const url = `${space.url}/mailgun/events`;
    const port = Number(new URL(url).port);
    const broken: string[] = [];
    const saw: string[] = [];
    try {
      for (const behaviour of behaviours) {
        const crowd = new CrowdProcess(port, behaviour, size);
        const siege = await besiege(space, await GenuineSender.of(url, seed), crowd);
        const { opened, most, sent, answered, others, mebibytes } = siege;
        saw.push(
          `${opened} connections (${most} at once) that ${behaviour.name}: ${answered} of ${sent} genuine answered 200, ${mebibytes.toFixed(0)} MiB`,
        );
        if (sent < leastSent)
          broken.push(`only ${sent} genuine were sent among connections that ${behaviour.name}`);
        if (opened < size) broken.push(`only ${opened} connections that ${behaviour.name} were opened`);
        if (answered < sent * leastAnswered)
          broken.push(
            `among connections that ${behaviour.name} ${sent - answered} of ${sent} genuine: ${others}`,
          );
      }
    } finally {
      await space.kill();
    }
    return { saw: saw.join('; '), broken };
  });
}
