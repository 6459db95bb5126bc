import { StartError } from '../start-error';

/** The app cannot be run; the message is one sentence for its author. */
export class AppLoadError extends StartError {
  override name = 'AppLoadError';
}
