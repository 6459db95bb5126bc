/** See `text-imports.mjs`, which is JavaScript because an old Node.js loads it in a thread that reads no TypeScript. */
export function load(
  url: string,
  context: object,
  nextLoad: (url: string, context: object) => object,
): object;
