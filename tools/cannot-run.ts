/** What keeps a tool from doing its work, as a sentence that tells the user what to do. */
export class CannotRun extends Error {
  /** What the command ends with. */
  readonly exitCode: number = 2;
}
