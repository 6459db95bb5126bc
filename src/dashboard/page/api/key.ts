import { base } from './base';

/** Spaces of one project share a host, so each has its own. */
const name = `api-key:${base}`;

/** The API key of this tab, which is forgotten with it; null before it was given. */
export function readKey(): string | null {
  return sessionStorage.getItem(name);
}

export function keepKey(key: string): void {
  sessionStorage.setItem(name, key);
}

export function forgetKey(): void {
  sessionStorage.removeItem(name);
}
