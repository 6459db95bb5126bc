/** The space answers a request itself, with a status and a JSON body `{error, detail}`, or a text. */
export class Refusal extends Error {
  override name = 'Refusal';

  constructor(
    readonly status: number,
    /** A word for programs, such as `not_found`. */
    readonly error: string,
    /** A sentence for people. */
    readonly detail: string,
    /** The body, where the platform says no more than this. */
    readonly text?: string,
  ) {
    super(detail);
  }

  /** The body of the answer. */
  toJSON(): { error: string; detail: string } {
    return { error: this.error, detail: this.detail };
  }
}
