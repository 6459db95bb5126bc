import type { MailgunEvent } from './event';

/** The tag of the mail that this app sends itself. Rules and notices leave it out, so that mail about mail makes no more of it. */
export const ownMailTag = 'mailgun-webhook-handler-alert';

/** The message id of a mail of ours: some events come without the tags of their message. */
export function ownMessageId(name: string, domain: string): string {
  return `${ownMailTag}.${name}@${domain}`;
}

/** Whether an event is about mail that this app has sent. */
export function isOwnMail({
  tags,
  messageId,
  messageTags = [],
}: Pick<MailgunEvent, 'tags' | 'messageId'> & { messageTags?: readonly string[] }): boolean {
  return [...tags, ...messageTags].includes(ownMailTag) || (messageId?.startsWith(`${ownMailTag}.`) ?? false);
}
