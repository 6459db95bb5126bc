/**
 * The tag of mail that this app sends about mail, such as an alert. Its events are counted as all others are, and left
 * out of the rules of alerts: an alert about alerts would never end.
 */
export const ownMailTag = 'mailgun-webhook-handler-alert';

/** Whether an event is about mail that this app has sent. */
export function isOwnMail({
  tags,
  messageTags,
}: {
  tags: readonly string[];
  messageTags: readonly string[];
}): boolean {
  return tags.includes(ownMailTag) || messageTags.includes(ownMailTag);
}
