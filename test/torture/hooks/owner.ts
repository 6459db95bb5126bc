import * as v from 'valibot';
import { ownerName } from './hooked-bundle';

/** How an owner's function behaves. */
export const moods = ['throws once', 'throws always', 'is slow'] as const;
export type Mood = (typeof moods)[number];

/** What the function throws. */
export const complaint = 'the mailing list of the owner does not answer';

const event = v.object({ key: v.string() });

/** Longer than any other step of a case, in milliseconds. */
const slowness = 20_000;

/** The owner's function for all events: called by the compiled app, moody as a case says. */
export class Owner {
  mood: Mood | 'works' = 'works';
  readonly #calls = new Map<string, number>();
  readonly #through = new Set<string>();

  static install(): Owner {
    const owner = new Owner();
    Reflect.set(globalThis, ownerName, (_: string, given: unknown) => owner.#be(v.parse(event, given).key));
    return owner;
  }

  /** A new case. */
  reset(mood: Mood): void {
    this.mood = mood;
    this.#calls.clear();
    this.#through.clear();
  }

  /** Whether the function has ever come to its end for an event. */
  hasBeenThrough(key: string): boolean {
    return this.#through.has(key);
  }

  uninstall(): void {
    Reflect.deleteProperty(globalThis, ownerName);
  }

  async #be(key: string): Promise<void> {
    const calls = (this.#calls.get(key) ?? 0) + 1;
    this.#calls.set(key, calls);
    if (this.mood === 'is slow') await new Promise((resolve) => setTimeout(resolve, slowness));
    if (this.mood === 'throws always' || (this.mood === 'throws once' && calls === 1))
      throw new Error(complaint);
    this.#through.add(key);
  }
}
