import type { AccountWebhook, MailgunAccount, WebhookUrls } from '../mailgun/account';
import { type Plan, typesToSet, urlsByType } from './plan';

/** Something that has webhooks: a domain, or the account. */
export interface Target {
  readonly name: string;
  read(): Promise<WebhookUrls>;
  write(plan: Plan): Promise<void>;
}

export function domainTarget(account: MailgunAccount, domain: string): Target {
  return {
    name: domain,
    read: () => account.webhooksOf(domain),
    write: async ({ changes }) => {
      for (const { id, before, after } of changes) await account.setUrls(domain, id, before, after);
    },
  };
}

export function accountTarget(account: MailgunAccount): Target {
  let webhooks: AccountWebhook[] = [];
  return {
    name: 'the account',
    read: async () => {
      webhooks = await account.accountWebhooks();
      return urlsByType(webhooks);
    },
    write: async (plan) => {
      for (const { id, url, types } of typesToSet(webhooks, plan)) await account.setTypes(id, url, types);
    },
  };
}
