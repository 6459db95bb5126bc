/** A reason, in a sentence for the user, why a simulation cannot start or go on. */
export class CannotSimulate extends Error {
  override readonly name = 'CannotSimulate';
}
