import type { Suppression } from './suppression';

/** Doubtful suppressions of the same day, provider and code, which one block of the sender may have caused. */
export interface Block {
  /** UTC. */
  day: string;
  provider: string;
  code: string;
}

/** A doubtful suppression as the text by which its block is found; null for any other. */
export function blockOf({ doubtful, since, provider, code }: Suppression): string | null {
  return doubtful
    ? blockText({ day: since.slice(0, 10), provider: provider ?? 'Other', code: code ?? 'none' })
    : null;
}

export function blockText({ day, provider, code }: Block): string {
  return [day, provider, code].join('|');
}

export function parseBlock(text: string): Block {
  const [day = '', provider = '', ...code] = text.split('|');
  return { day, provider, code: code.join('|') };
}
