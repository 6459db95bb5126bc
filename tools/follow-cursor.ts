import { goOn, InCircle, type Walk } from '../src/mailgun-client/circle';
import { CannotRun } from './cannot-run';

/**
 * Goes on to the page behind a cursor that a space has given.
 * @param before null: behind the first page
 * @throws CannotRun when the space leads in a circle, so that nobody follows for ever
 */
export function followCursor(before: Walk | null, cursor: string): Walk {
  try {
    return goOn(before, cursor);
  } catch (error) {
    if (!(error instanceof InCircle)) throw error;
    throw new CannotRun('The space gives its pages in a circle: look at --url, or deploy the app anew.');
  }
}
