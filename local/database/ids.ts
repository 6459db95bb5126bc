import { randomBytes } from 'node:crypto';

let lastTime = 0;
let counter = 0;
/** Tells this process from others: within it, the time and the counter suffice. */
const suffix = randomBytes(4).toString('hex');

/** A new id: 24 hex digits that sort by the time of creation, unique across processes. */
export function newId(): string {
  const time = Math.max(Date.now(), lastTime);
  counter = time === lastTime ? counter + 1 : 0;
  if (counter > 0xffff) {
    lastTime = time + 1;
    counter = 0;
  } else lastTime = time;
  return lastTime.toString(16).padStart(12, '0') + counter.toString(16).padStart(4, '0') + suffix;
}
