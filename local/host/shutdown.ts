/** The steps that stop what was started, run in reverse order. Each step gets the time that is left. */
export class Shutdown {
  readonly #steps: ((limitMs: number) => unknown)[] = [];
  #done: Promise<void> | undefined;

  /** Adds a step. */
  push(step: (limitMs: number) => unknown): void {
    this.#steps.push(step);
  }

  /**
   * Runs every step once, also after a step that fails; a second call waits for the first.
   * @throws what the failing step has thrown; when several fail, an error that has the messages of all.
   */
  run(limitMs: number): Promise<void> {
    this.#done ??= this.#runAll(limitMs);
    return this.#done;
  }

  async #runAll(limitMs: number): Promise<void> {
    const deadline = Date.now() + limitMs;
    const failures: unknown[] = [];
    for (const step of this.#steps.reverse()) {
      try {
        await step(Math.max(0, deadline - Date.now()));
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length === 1) throw failures[0];
    if (failures.length > 1) {
      const messages = failures.map((failure) =>
        failure instanceof Error ? failure.message : String(failure),
      );
      throw new AggregateError(failures, messages.join('; '));
    }
  }
}
