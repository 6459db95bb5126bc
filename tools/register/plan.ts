import type { AccountWebhook, WebhookUrls } from '../mailgun/account';
import { maxUrls, webhookIds } from './webhook-ids';

/** What the owner wants to become of one URL. */
export interface Wish {
  readonly url: string;
  readonly remove: boolean;
  /** Another's URL that makes room for ours. */
  readonly replace: string | undefined;
}

/** The URLs of one webhook id, as they are and as they should be. */
export interface Change {
  readonly id: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
}

export interface Plan {
  readonly changes: readonly Change[];
  /** Ids that have no room for ours. Nobody else's URL is taken away unless it was named. */
  readonly full: readonly Change[];
}

function wantedUrls(before: readonly string[], { url, remove, replace }: Wish): string[] {
  const kept = before.filter((other) => other !== url && (remove || other !== replace));
  return remove ? kept : [...kept, url];
}

function isSame(before: readonly string[], after: readonly string[]): boolean {
  return before.length === after.length && before.every((url) => after.includes(url));
}

/** What must change so that every id has our URL, or none has it. The others' URLs stay as they are. */
export function planChanges(current: WebhookUrls, wish: Wish): Plan {
  const all = webhookIds.map((id): Change => {
    const before = current[id] ?? [];
    return { id, before, after: wantedUrls(before, wish) };
  });
  const differing = all.filter(({ before, after }) => !isSame(before, after));
  return {
    changes: differing.filter(({ after }) => after.length <= maxUrls),
    full: differing.filter(({ after }) => after.length > maxUrls),
  };
}

/** Whether what is registered is what was planned. */
export function isDone({ changes }: Pick<Plan, 'changes'>, current: WebhookUrls): boolean {
  return changes.every(({ id, after }) => isSame(current[id] ?? [], after));
}

/** An account's webhooks, which are types by URL, as URLs by type. */
export function urlsByType(webhooks: readonly AccountWebhook[]): WebhookUrls {
  return Object.fromEntries(
    webhookIds.map((id) => [id, webhooks.filter(({ types }) => types.includes(id)).map(({ url }) => url)]),
  );
}

/** The types that one URL of an account should have. */
export interface TypesOfUrl {
  /** null for a URL that has no webhook yet. */
  readonly id: string | null;
  readonly url: string;
  readonly types: readonly string[];
}

/** Changes of URLs by type, as changes of types by URL; what makes room comes first. */
export function typesToSet(webhooks: readonly AccountWebhook[], { changes }: Plan): TypesOfUrl[] {
  const touched = new Set(changes.flatMap(({ before, after }) => [...before, ...after]));
  const sets = [...touched].flatMap((url): (TypesOfUrl & { grows: boolean })[] => {
    const webhook = webhooks.find((one) => one.url === url);
    const before = webhook?.types ?? [];
    const lost = changes.filter(({ after }) => !after.includes(url)).map(({ id }) => id);
    const gained = changes.filter(({ after }) => after.includes(url)).map(({ id }) => id);
    const types = [...new Set([...before.filter((type) => !lost.includes(type)), ...gained])];
    if (isSame(before, types)) return [];
    return [{ id: webhook?.id ?? null, url, types, grows: types.length > before.length }];
  });
  return sets.sort((a, b) => Number(a.grows) - Number(b.grows));
}
