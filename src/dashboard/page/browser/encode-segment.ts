/** Names that a URL gives a meaning, or that servers on the way refuse or decode once too often. */
const notInPath = /^(\.\.?$|~)|[%/\\\p{Cc}]/u;

function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\uFFFD');
}

/** A segment of the page's own address, which nobody reads but the page. */
export function encodeSegment(text: string): string {
  return encodeURIComponent(wellFormed(text));
}

/** A segment of a path of the API: what no URL can carry is `~` and its UTF-8 in base64url. */
export function encodeApiSegment(text: string): string {
  if (!notInPath.test(text)) return encodeSegment(text);
  const bytes = Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('');
  return `~${btoa(bytes).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')}`;
}
