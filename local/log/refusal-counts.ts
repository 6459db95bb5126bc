import type { Log } from '../runtime/log';

const minuteMs = 60_000;

/** How many addresses are told apart in a minute; the others are counted with their kind alone. */
const maxAddresses = 1000;

interface Count {
  total: number;
  readonly byAddress: Map<string, number>;
}

/** Counts what a space refuses and writes a line a kind and minute, so that no flood washes other lines out of the log. */
export class RefusalCounts {
  readonly #log: Log;
  readonly #counts = new Map<string, Count>();
  #minute: NodeJS.Timeout | undefined;

  constructor(log: Log) {
    this.#log = log;
  }

  /**
   * Counts one.
   * @param kind one of a few fixed texts
   */
  add(kind: string, address: string): void {
    const count = this.#counts.get(kind) ?? { total: 0, byAddress: new Map() };
    this.#counts.set(kind, count);
    count.total += 1;
    const { byAddress } = count;
    if (byAddress.has(address) || byAddress.size < maxAddresses)
      byAddress.set(address, (byAddress.get(address) ?? 0) + 1);
    this.#minute ??= setTimeout(() => this.#write(), minuteMs).unref();
  }

  /** Writes what was counted in the minute that has begun. */
  close(): void {
    clearTimeout(this.#minute);
    this.#write();
  }

  #write(): void {
    this.#minute = undefined;
    for (const [kind, { total, byAddress }] of this.#counts) {
      const [[address, most] = ['', 0]] = [...byAddress].sort((a, b) => b[1] - a[1]);
      const others = byAddress.size === 1 ? '' : `, the others from ${byAddress.size - 1} addresses`;
      const text = `Refused ${total} in a minute: ${kind}; ${most} from ${address}${others}.`;
      this.#log({ level: 'warn', text });
    }
    this.#counts.clear();
  }
}
