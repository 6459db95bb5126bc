/** What has to be undone when something stops, in reverse order; each step gets the time that is left. */
export class Teardown {
  readonly #steps: ((limit: number) => unknown)[] = [];
  #done: Promise<void> | undefined;

  /** Adds a step. Its limit is in milliseconds. */
  push(step: (limit: number) => unknown): void {
    this.#steps.push(step);
  }

  /**
   * Runs every step once, also after a step that fails; a second call waits for the first.
   * @throws what the first failing step has thrown.
   */
  run(limit: number): Promise<void> {
    this.#done ??= this.#runAll(limit);
    return this.#done;
  }

  async #runAll(limit: number): Promise<void> {
    const deadline = Date.now() + limit;
    const failures: unknown[] = [];
    for (const step of this.#steps.reverse()) {
      try {
        await step(Math.max(0, deadline - Date.now()));
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) {
      throw failures[0];
    }
  }
}
