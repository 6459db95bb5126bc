/** What went wrong with a request, as a sentence for the reader of the page. */
export class ApiProblem extends Error {
  constructor(
    /** HTTP status, 0 when there was no answer at all. */
    readonly status: number,
    sentence: string,
  ) {
    super(sentence);
  }

  /** Whether the same request may succeed later. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** Anything that was thrown, as a problem that can be shown. */
export function asProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  return new ApiProblem(-1, `The page failed: ${error instanceof Error ? error.message : String(error)}`);
}
