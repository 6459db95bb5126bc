import { CannotRun } from '../../cannot-run';

/** A reason, in a sentence for the user, why a simulation cannot start or go on. */
export class CannotSimulate extends CannotRun {
  override readonly name: string = 'CannotSimulate';
}

/** The space does not answer, or not now: it may be starting again. */
export class NoAnswer extends CannotSimulate {
  override readonly name = 'NoAnswer';
}
