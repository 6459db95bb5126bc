/** How one try with a failing machine came out. */
export interface HostFailureResult {
  /** What was seen, in a sentence. */
  readonly saw: string;
  /** What should not have happened, each a sentence. */
  readonly broken: readonly string[];
  /** Why it could not be tried here; undefined when it was. */
  readonly skipped?: string;
}

export const skip = (reason: string): HostFailureResult => ({
  saw: '',
  broken: [],
  skipped: `skipped: ${reason}`,
});
