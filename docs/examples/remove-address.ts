import { meaningOf } from '../../src/events/classify';
import type { Hooks } from '../../src/hooks';

/** Takes an address out of your own database, behind an HTTP API of yours. A second time does no harm. */
async function removeAddress(address: string): Promise<void> {
  const { CONTACTS_URL, CONTACTS_TOKEN } = process.env;
  if (!CONTACTS_URL || !CONTACTS_TOKEN) throw new Error('Set CONTACTS_URL and CONTACTS_TOKEN.');
  const response = await fetch(`${CONTACTS_URL}/${encodeURIComponent(address)}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${CONTACTS_TOKEN}` },
    signal: AbortSignal.timeout(10_000),
  });
  // 404: it was removed before.
  if (!response.ok && response.status !== 404) throw new Error(`The database answers ${response.status}.`);
}

/** Removes who complained, who wants no mail at all, and whose mailbox does not exist. */
export const removal: Hooks = {
  onComplained: ({ recipient }) => removeAddress(recipient),
  onUnsubscribed: async ({ recipient, unsubscribedFrom }) => {
    // An unsubscribe from one tag or list is not from all mail.
    if (unsubscribedFrom.includes('*')) await removeAddress(recipient);
  },
  onPermanentFailure: async (failure) => {
    // Not every permanent failure is about the address: the sender may be blocked, the mailbox full.
    if (meaningOf(failure).addressIsBad) await removeAddress(failure.recipient);
  },
};
