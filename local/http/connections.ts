import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { networkOf } from './address';
import type { Limits } from './limits';
import { announcesBody } from './read-body';

/** How often it is looked at who reads too slowly, in milliseconds. */
const inspectionMs = 1000;

/** More requests than these at once on one connection no client sends. */
const maxPipelined = 4;

/** What is known of a connection. */
interface Connection {
  readonly network: string;
  /** In which turn it has become idle. */
  idleSince: number;
  /** Requests that are received and not yet answered to their end. */
  inWork: number;
  /** Since when the other end has not read everything, on the clock of `performance`; undefined while it has. */
  unreadSince: number | undefined;
  /** How many bytes it had read then. */
  readBytes: number;
}

/** Told of every connection that is closed for the sake of the others, with the reason. */
export type OnClosed = (reason: string, socket: Socket) => void;

/**
 * The connections of a server. One is idle as long as nothing is being worked on for it: it is silent, its request is
 * still on its way, or its answer waits for the reader. When there are too many of these, of one address or in all,
 * the one that has been idle the longest makes room: behind a proxy, where all have one address, too. Readers that are
 * too slow are closed.
 */
export class Connections {
  readonly #limits: Limits;
  readonly #onClosed: OnClosed;
  readonly #all = new Map<Socket, Connection>();
  /** The longest idle first. */
  readonly #idle = new Set<Socket>();
  readonly #idleByNetwork = new Map<string, Set<Socket>>();
  /** Sets of idle ones that have grown too large. */
  readonly #crowded = new Set<Set<Socket>>();
  #nextTurn: NodeJS.Immediate | undefined;
  /** Turns of the event loop in which room was made. */
  #turn = 0;

  constructor(server: Server, limits: Limits, onClosed: OnClosed) {
    this.#limits = limits;
    this.#onClosed = onClosed;
    server.on('connection', (socket) => this.#open(socket));
    server.prependListener('request', (request, response) => this.#track(request, response));
    const inspection = setInterval(() => this.#inspect(), Math.min(inspectionMs, limits.graceMs)).unref();
    server.on('close', () => clearInterval(inspection));
  }

  /** Closes those on which nothing was ever said, so that they hold up no stop. */
  closeSilent(): void {
    for (const socket of this.#idle) if (socket.bytesRead === 0) socket.destroy();
  }

  #open(socket: Socket): void {
    const network = networkOf(socket);
    this.#all.set(socket, { network, idleSince: 0, inWork: 0, unreadSince: undefined, readBytes: 0 });
    socket.once('close', () => {
      this.#leaveIdle(socket, network);
      this.#all.delete(socket);
    });
    this.#makeIdle(socket, network);
  }

  #track(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    const connection = this.#all.get(socket);
    if (connection === undefined) return;
    let state: 'arriving' | 'in work' | 'over' = 'arriving';
    const begin = () => {
      // The rest of a body may also be thrown away when the answer is over.
      if (state === 'over') return;
      state = 'in work';
      connection.inWork += 1;
      if (connection.inWork > maxPipelined)
        this.#close(socket, 'it sends requests without waiting for answers');
      else this.#leaveIdle(socket, connection.network);
    };
    if (announcesBody(request.headers)) request.once('end', begin);
    else begin();
    response.once('close', () => {
      if (state === 'in work') connection.inWork -= 1;
      state = 'over';
      if (connection.inWork === 0 && !socket.destroyed) this.#makeIdle(socket, connection.network);
    });
  }

  /** The youngest of the idle from now on. */
  #makeIdle(socket: Socket, network: string): void {
    const connection = this.#all.get(socket);
    if (connection === undefined) return;
    connection.idleSince = this.#turn;
    this.#leaveIdle(socket, network);
    this.#idle.add(socket);
    const neighbours = this.#idleByNetwork.get(network) ?? new Set();
    neighbours.add(socket);
    this.#idleByNetwork.set(network, neighbours);
    const { maxIdleConnections, maxIdleConnectionsPerAddress } = this.#limits;
    if (neighbours.size > maxIdleConnectionsPerAddress) this.#crowded.add(neighbours);
    if (this.#idle.size > maxIdleConnections) this.#crowded.add(this.#idle);
    if (this.#crowded.size > 0) this.#makeRoomSoon();
  }

  /** Not at once: what has come in this turn of the event loop is read in the next one, and then it may be a request. */
  #makeRoomSoon(): void {
    this.#nextTurn ??= setImmediate(() => {
      this.#nextTurn = undefined;
      this.#turn += 1;
      for (const crowd of this.#crowded) {
        const max =
          crowd === this.#idle ? this.#limits.maxIdleConnections : this.#limits.maxIdleConnectionsPerAddress;
        for (const socket of crowd) {
          const isYoung = (this.#all.get(socket)?.idleSince ?? 0) > this.#turn - 2;
          if (crowd.size <= max || isYoung) break;
          this.#close(socket, 'places are short and it was idle the longest');
        }
        if (crowd.size <= max) this.#crowded.delete(crowd);
      }
      if (this.#crowded.size > 0) this.#makeRoomSoon();
    });
  }

  #leaveIdle(socket: Socket, network: string): void {
    if (!this.#idle.delete(socket)) return;
    const neighbours = this.#idleByNetwork.get(network);
    neighbours?.delete(socket);
    if (neighbours?.size === 0) this.#idleByNetwork.delete(network);
  }

  #close(socket: Socket, reason: string): void {
    this.#onClosed(reason, socket);
    const connection = this.#all.get(socket);
    if (connection !== undefined) this.#leaveIdle(socket, connection.network);
    socket.destroy();
  }

  /** Closes readers that are too slow and, when too much waits to be read, those that have been reading the longest. */
  #inspect(): void {
    const { graceMs, leastBytesPerSecond, unreadBytes } = this.#limits;
    const now = performance.now();
    const readers: { socket: Socket; since: number }[] = [];
    let unread = 0;
    for (const [socket, connection] of this.#all) {
      const waiting = socket.writableLength;
      if (waiting === 0) {
        connection.unreadSince = undefined;
        continue;
      }
      const read = socket.bytesWritten - waiting;
      if (connection.unreadSince === undefined) {
        connection.unreadSince = now;
        connection.readBytes = read;
      }
      // What has been handed over in one piece shows no progress before its end.
      const allowedMs = graceMs + ((read - connection.readBytes + waiting) / leastBytesPerSecond) * 1000;
      if (now - connection.unreadSince > allowedMs) {
        this.#close(socket, 'it reads too slowly');
        continue;
      }
      unread += waiting;
      readers.push({ socket, since: connection.unreadSince });
    }
    readers.sort((a, b) => a.since - b.since);
    for (const { socket } of readers.slice(0, -1)) {
      if (unread <= unreadBytes) return;
      unread -= socket.writableLength;
      this.#close(socket, 'too much waits to be read and it has been reading the longest');
    }
  }
}
