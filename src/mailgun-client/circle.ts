import { createHash } from 'node:crypto';
import * as v from 'valibot';

/** Where a walk from page to page is. It can be stored, and stays as small as it is. */
export const walk = v.object({
  pages: v.number(),
  /** What the last page began with, and the page at the last power of two. */
  last: v.string(),
  mark: v.string(),
});
export type Walk = v.InferOutput<typeof walk>;

/** A page comes again that was there before. */
export class InCircle extends Error {}

/**
 * Goes on by a page. One that repeats the page before it is seen at once, a circle of several pages after a few rounds
 * of it (Brent's way: each page is compared with one mark, which moves ahead to pages 1, 2, 4, 8 and so on).
 * @param before null: this is the first page
 * @param page what no other page has, such as its first entry or the cursor behind it
 * @throws InCircle
 */
export function goOn(before: Walk | null, page: unknown): Walk {
  const own = createHash('sha256')
    .update(JSON.stringify(page) ?? '')
    .digest('base64url')
    .slice(0, 22);
  if (own === before?.last || own === before?.mark) throw new InCircle('A page comes again.');
  const pages = (before?.pages ?? 0) + 1;
  const isPowerOfTwo = Number.isInteger(Math.log2(pages));
  return { pages, last: own, mark: before === null || isPowerOfTwo ? own : before.mark };
}
