/** So many places. Who finds none waits for his turn, the first come first. */
export class Places {
  #free: number;
  readonly #waiting = new Set<() => void>();

  constructor(places: number) {
    this.#free = places;
  }

  /**
   * Takes a place.
   * @param waitMs how long it is waited for at most
   * @returns gives it back; null when none came free
   */
  async take(waitMs: number): Promise<(() => void) | null> {
    if (this.#free > 0) this.#free -= 1;
    else if (!(await this.#turn(waitMs))) return null;
    let isTaken = true;
    return () => {
      if (!isTaken) return;
      isTaken = false;
      const [next] = this.#waiting;
      if (next === undefined) this.#free += 1;
      else next();
    };
  }

  #turn(waitMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (hasPlace: boolean) => {
        clearTimeout(timer);
        this.#waiting.delete(begin);
        resolve(hasPlace);
      };
      const begin = () => end(true);
      const timer = setTimeout(() => end(false), waitMs);
      this.#waiting.add(begin);
    });
  }
}
