/** The rows of the table that decides what a failure means, in words. */
export const classifications: Readonly<Record<string, string>> = {
  not_about_address: 'not about the address',
  temporary: 'temporary',
  suppressed_unsubscribe: 'suppressed: unsubscribed earlier',
  suppressed_complaint: 'suppressed: complained earlier',
  suppressed_bounce: 'suppressed: bounced earlier',
  expired: 'expired',
  sender_blocked: 'sender blocked',
  hard_bounce: 'hard bounce',
  bounce: 'bounce',
  delayed_bounce: 'delayed bounce',
  soft_bounce: 'soft bounce',
  suppressed_earlier: 'suppressed earlier',
  unclassified: 'unclassified',
};

/** What a failure was taken for, in words. */
export function classificationName(classification: string): string {
  return (
    (Object.hasOwn(classifications, classification) && classifications[classification]) || classification
  );
}
