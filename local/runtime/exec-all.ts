import type { AppFunction } from './app-function';

/** Where a chain of app functions leads. */
export interface Outcome {
  /** Called with the value of `next(value)`, or without one when the last function has called `next()`. */
  next(value?: unknown): void;
  /** Called when a function throws or its promise rejects. */
  thrown(error: unknown): void;
}

/**
 * Runs the functions of one route, hook, worker or job, as the platform's runtime template does: the first
 * one starts at once, `next()` starts the following one, `next(value)` leaves the chain, and nothing stops
 * a function that never calls `next`.
 *
 * @returns a promise that resolves once every function that was started within the chain has settled; it
 *   never rejects.
 */
export async function execAll(
  functions: readonly AppFunction[],
  request: unknown,
  response: unknown,
  outcome: Outcome,
): Promise<void> {
  const runFrom = async (position: number): Promise<void> => {
    const current = functions[position];
    if (current === undefined) {
      outcome.next();
      return;
    }
    let following: Promise<void> | undefined;
    try {
      await current(request, response, (value?: unknown) => {
        if (value) {
          outcome.next(value);
        } else {
          following = runFrom(position + 1);
        }
      });
    } catch (error) {
      outcome.thrown(error);
    }
    await following;
  };
  await runFrom(0);
}
