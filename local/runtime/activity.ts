/** Counts the app's functions that are running, so that a space can wait for them before it stops. */
export class Activity {
  readonly #running = new Set<Promise<void>>();

  /** Counts a run until its promise settles; the promise must not reject. */
  track(run: Promise<void>): void {
    this.#running.add(run);
    void run.then(() => this.#running.delete(run));
  }

  /** Resolves when nothing runs any more. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) {
      await Promise.all(this.#running);
    }
  }
}
