import { expect, it } from 'vitest';
import { Batch, batchBytes } from './select';

it.each([
  ['small documents', 1000, 256],
  ['documents of a quarter of what fits', batchBytes / 4, 4],
  ['documents of which two are too much', batchBytes - 1, 2],
  ['a document that is too large by itself', batchBytes * 3, 1],
  ['what an index has told', 0, 256],
])('a batch of %s', (_, bytes, expected) => {
  const batch = new Batch<number>();
  for (let round = 0; round < 2; round += 1) {
    let count = 0;
    for (; !batch.isFull; count += 1) batch.push(count, bytes);
    expect(count).toBe(expected);
    expect(batch.take()).toHaveLength(expected);
  }
});
