import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import type { HostFailureResult } from '../host-failures/host-failure-result';
import { poll } from '../poll';
import { SpaceProcess } from '../space-process';
import { withFolder } from '../temporary-folder';
import { GenuineSender } from './genuine-sender';
import { openSockets } from './process-figures';

/** Senders of each kind. */
const each = 80;
/** The space cuts off a sender that takes longer than a minute, in milliseconds; a quarter more is enough. */
const timeoutMs = 75_000;
/** A sender in no hurry writes one byte so often, in milliseconds. */
const dripping = 2000;

const head = (length: number, type = 'application/json') =>
  `POST /dev/mailgun/events HTTP/1.1\r\nHost: space\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\n\r\n`;

/** What each kind of sender writes before it falls silent, and whether it goes on byte by byte. */
const kinds: ReadonlyArray<readonly [name: string, text: string, drips: boolean]> = [
  ['nothing', '', false],
  ['half a header', 'POST /dev/mailgun/events HTTP/1.1\r\nHost: sp', false],
  ['half a body', `${head(5000)}{"signature":{`, false],
  [
    'half a multipart body',
    `${head(5000, 'multipart/form-data; boundary=x')}--x\r\ncontent-disposition: form`,
    false,
  ],
  ['one byte every two seconds', `${head(5000)}{`, true],
];

interface Sender {
  readonly socket: Socket;
  /** The status line, empty while there is none. */
  answer: string;
  isClosed: boolean;
}

function fallSilent(port: number, text: string, drips: boolean): Sender {
  const sender: Sender = { socket: connect(port, '127.0.0.1'), answer: '', isClosed: false };
  const { socket } = sender;
  const drip = drips ? setInterval(() => socket.write(' '), dripping) : undefined;
  socket.on('data', (part) => {
    sender.answer ||= part.toString('latin1').split('\r\n')[0] ?? '';
  });
  // The space may close while a byte is on its way.
  socket.on('error', () => {});
  socket.on('close', () => {
    clearInterval(drip);
    sender.isClosed = true;
  });
  if (text !== '') socket.write(text);
  return sender;
}

/** Hundreds of senders hold connections and send nothing more, while Mailgun goes on. */
export function silentSenders(seed: number): Promise<HostFailureResult> {
  return withFolder(async (folder) => {
    const space = await SpaceProcess.serving({ directory: join(folder, 'space') });
    const url = `${space.url}/mailgun/events`;
    const sender = await GenuineSender.of(url, seed);
    const broken: string[] = [];
    const sendGenuine = async () => {
      const reply = await sender.send();
      if (reply !== 200) broken.push(`a genuine event among them was answered ${reply}`);
    };
    try {
      await sendGenuine();
      const isLinux = process.platform === 'linux';
      const before = isLinux ? await openSockets(space.pid) : 0;
      const port = Number(new URL(url).port);
      const senders = kinds.map(([name, text, drips]) => ({
        name,
        all: Array.from({ length: each }, () => fallSilent(port, text, drips)),
      }));
      const everyone = senders.flatMap(({ all }) => all);
      await poll(
        async () => {
          await sendGenuine();
          return everyone.every(({ isClosed }) => isClosed);
        },
        timeoutMs,
        500,
      );
      for (const { name, all } of senders) {
        const left = all.filter(({ isClosed }) => !isClosed).length;
        if (left > 0) broken.push(`${left} who sent ${name} still hold a connection`);
        const odd = all
          .filter(({ answer }) => !answer.startsWith('HTTP/1.1 408'))
          .map(({ answer }) => answer);
        if (odd.length > 0)
          broken.push(`${odd.length} who sent ${name} were answered ${odd[0] || 'nothing'}`);
      }
      for (const { socket } of everyone) socket.destroy();
      let held = 0;
      await poll(async () => {
        held = isLinux ? (await openSockets(space.pid)) - before : 0;
        return held <= 2;
      }, 5000);
      if (held > 2) broken.push(`${held} connections are still held`);
      return {
        saw: `${everyone.length} connections answered 408 and closed, ${sender.sent} genuine requests meanwhile answered 200, connections still held: ${Math.max(0, held)}`,
        broken,
      };
    } finally {
      await space.kill();
    }
  });
}
