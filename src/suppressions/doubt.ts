import type { Suppression } from './suppression';

/** Doubtful suppressions of the same day, provider and code, which one block of the sender may have caused. */
export interface Doubt {
  /** UTC. */
  day: string;
  provider: string;
  code: string;
}

/** A doubtful suppression as the text by which its block is found; null for any other. */
export function doubtOf({ doubtful, since, provider, code }: Suppression): string | null {
  return doubtful
    ? doubtText({ day: since.slice(0, 10), provider: provider ?? 'Other', code: code ?? 'none' })
    : null;
}

export function doubtText({ day, provider, code }: Doubt): string {
  return [day, provider, code].join('|');
}

export function parseDoubt(text: string): Doubt {
  const [day = '', provider = '', ...code] = text.split('|');
  return { day, provider, code: code.join('|') };
}
