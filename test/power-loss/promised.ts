import type { Notice } from '../torture-process/notices';

/** What a client was answered in so many words, and therefore may rely on. */
export interface Promised {
  /** What the answer holds and no other does. */
  readonly mark: string;
  readonly what:
    | { readonly kind: 'event'; readonly id: string; readonly notice: Notice | null }
    | { readonly kind: 'import' | 'update'; readonly group: string; readonly count: number }
    | { readonly kind: 'key' | 'variable'; readonly key: string }
    | { readonly kind: 'erasure'; readonly address: string };
}

const marks = /"(?:id|key)":"[^"]*"|"count":\d+}|"erased":true/g;

/** The marks that may stand in an answer. */
export const marksIn = (text: string): readonly string[] => text.match(marks) ?? [];
