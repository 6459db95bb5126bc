import * as v from 'valibot';
import { hookName } from './hooked-bundle';

/** How an owner's function behaves. */
export const behaviours = ['throws once', 'throws always', 'is slow'] as const;
export type Behaviour = (typeof behaviours)[number];

/** What the function throws. */
export const complaint = 'the mailing list of the owner does not answer';

const event = v.object({ key: v.string() });

/** Longer than any other step of a case, in milliseconds. */
const slowMs = 20_000;

/** The owner's function for all events: called by the compiled app. It behaves as a case says. */
export class HookDouble {
  behaviour: Behaviour | 'works' = 'works';
  readonly #calls = new Map<string, number>();
  readonly #through = new Set<string>();

  static install(): HookDouble {
    const hook = new HookDouble();
    Reflect.set(globalThis, hookName, (_: string, given: unknown) => hook.#be(v.parse(event, given).key));
    return hook;
  }

  /** A new case. */
  reset(behaviour: Behaviour): void {
    this.behaviour = behaviour;
    this.#calls.clear();
    this.#through.clear();
  }

  /** Whether the function has ever come to its end for an event. */
  hasBeenThrough(key: string): boolean {
    return this.#through.has(key);
  }

  uninstall(): void {
    Reflect.deleteProperty(globalThis, hookName);
  }

  async #be(key: string): Promise<void> {
    const calls = (this.#calls.get(key) ?? 0) + 1;
    this.#calls.set(key, calls);
    if (this.behaviour === 'is slow') await new Promise((resolve) => setTimeout(resolve, slowMs));
    if (this.behaviour === 'throws always' || (this.behaviour === 'throws once' && calls === 1))
      throw new Error(complaint);
    this.#through.add(key);
  }
}
