import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What every connection of a crowd does. */
export interface Behaviour {
  readonly name: string;
  /** What it writes at first. */
  readonly text: string;
  /** What it adds every eight seconds; nothing when it is empty. */
  readonly drip: string;
  /** How many bytes of what comes it reads in a second; null: it reads all. */
  readonly bytesPerSecond: number | null;
  /** Whether it goes as soon as it has written, so that another one comes at once. */
  readonly leaves?: boolean | undefined;
}

/** How many connections there were. */
export interface CrowdFigures {
  readonly opened: number;
  /** The most at the same time. */
  readonly most: number;
  /** Of those that are open at the end, how many have been given something to read. */
  readonly reading: number;
}

const dripMs = 8000;
/** Connections that are opened in one turn until all are there, later in the places of those that were cut off. */
const atOnce = 30;
const againAtOnce = 4;
/** How long a turn is, in milliseconds. */
const turnMs = 20;

/** Reads of what is there so many bytes, or all when there are fewer. */
function readAtMost(socket: Socket, bytes: number): void {
  socket.read(Math.min(bytes, Math.max(1, socket.readableLength)));
}

/** So many connections to one port that all do the same; those that are cut off come again, some hundreds a second. */
export class Crowd {
  #opened = 0;
  #most = 0;
  readonly #port: number;
  readonly #behaviour: Behaviour;
  readonly #sockets = new Set<Socket>();
  readonly #size: number;
  #isOver = false;

  constructor(port: number, behaviour: Behaviour, size: number) {
    this.#port = port;
    this.#behaviour = behaviour;
    this.#size = size;
  }

  /** Opens the connections and keeps them open until {@link end}. */
  async gather(): Promise<void> {
    while (!this.#isOver) {
      const missing = this.#size - this.#sockets.size;
      const isArriving = this.#opened < this.#size || this.#behaviour.leaves;
      const allowed = isArriving ? atOnce : againAtOnce;
      for (let count = Math.min(missing, allowed); count > 0; count -= 1) this.#open();
      this.#most = Math.max(this.#most, this.#sockets.size);
      await sleep(turnMs);
    }
  }

  /** Closes all of them. */
  end(): CrowdFigures {
    this.#isOver = true;
    const reading = [...this.#sockets].filter(({ bytesRead }) => bytesRead > 0).length;
    for (const socket of this.#sockets) socket.destroy();
    return { opened: this.#opened, most: this.#most, reading };
  }

  #open(): void {
    const { text, drip, bytesPerSecond, leaves } = this.#behaviour;
    this.#opened += 1;
    const socket = connect({ port: this.#port, host: '127.0.0.1' });
    this.#sockets.add(socket);
    if (text !== '') socket.write(text);
    if (leaves) socket.once('connect', () => setImmediate(() => socket.destroy()));
    const dripping = drip === '' ? undefined : setInterval(() => socket.write(drip), dripMs);
    const reading =
      bytesPerSecond === null ? undefined : setInterval(() => readAtMost(socket, bytesPerSecond), 1000);
    if (reading === undefined) socket.resume();
    // The space may cut the connection while a byte is on its way.
    socket.on('error', () => {});
    socket.on('close', () => {
      clearInterval(dripping);
      clearInterval(reading);
      this.#sockets.delete(socket);
    });
  }
}
