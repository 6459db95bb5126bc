/** What Mailgun tells about by webhooks, by the names under which URLs are registered. */
export const webhookIds = [
  'accepted',
  'delivered',
  'opened',
  'clicked',
  'unsubscribed',
  'complained',
  'permanent_fail',
  'temporary_fail',
] as const;

export type WebhookId = (typeof webhookIds)[number];

/** Most URLs per id, of a domain and of an account. */
export const maxUrls = 3;
