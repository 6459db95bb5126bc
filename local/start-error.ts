/** A space cannot start; the message is one sentence that tells its owner what to change. */
export class StartError extends Error {
  override name = 'StartError';
}
