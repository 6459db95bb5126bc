import { notASentence } from '../failing-disk/trial';

/** How a start on a damaged folder came out. */
export type Verdict =
  | { readonly kind: 'whole' }
  | { readonly kind: 'refused'; readonly sentence: string }
  | { readonly kind: 'wrong'; readonly why: string };

/**
 * Whether words that end a start, or a read, are what an owner needs: one sentence that names the damaged file and
 * says what to do. The three files of the database may stand for each other: SQLite cannot always tell them apart.
 */
export function verdictOnRefusal(words: string, file: string): Verdict {
  const name = file.replace(/^space\.db-(wal|shm)$/, 'space.db');
  const lacks = [
    ...notASentence(words),
    ...(words.includes(name) ? [] : ['the refusal does not name the file']),
    ...(/\b(restore|remove|delete|repair|put|copy|move|run|start|set)\b/i.test(words)
      ? []
      : ['the refusal does not say what to do']),
  ];
  const sentence = words.trim();
  return lacks.length === 0
    ? { kind: 'refused', sentence }
    : { kind: 'wrong', why: `${lacks.join('; ')} ("${sentence.slice(0, 160)}")` };
}
