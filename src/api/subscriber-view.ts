import { parseMailbox } from '../events/mailbox';
import type { StoredSubscriber } from '../subscribers/subscribers';
import { ApiError } from './route';
import { presentSuppression } from './suppression-view';

/** A subscriber as the API gives it. */
export function presentSubscriber({
  pseudonym: _,
  unpublished: __,
  isUnpublished: ___,
  doubts: ____,
  suppressions,
  ...fields
}: StoredSubscriber) {
  return { ...fields, suppressions: suppressions.map(presentSuppression) };
}

/** The address in a path. @throws ApiError 400 when it is not an e-mail address */
export function addressOf(text: string): string {
  const email = parseMailbox(text);
  if (email === null)
    throw new ApiError(
      400,
      'invalid_parameter',
      'The parameter email is not accepted: it must be a mail address.',
    );
  return email;
}
