/** What keeps a tool from doing its work, as a sentence that tells the user what to do. */
export class CannotRun extends Error {}
