import type { httpRequest, httpResponse } from 'codehooks-js';
import { hashes, page } from './built';

/**
 * Only the page's own script and style run, and they speak to this space alone: what senders and recipients
 * wrote cannot load, run or send anything, even if it got into the page as more than text.
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  `script-src '${hashes.script}'`,
  `style-src '${hashes.style}'`,
  "connect-src 'self'",
  'img-src data:',
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

const headers = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': contentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  // Asked for again each time, so that a deployed page is seen at once; unchanged, it is not sent again.
  'cache-control': 'private, no-cache',
  etag: `"${hashes.script.slice(-20)}${hashes.style.slice(-20)}"`,
};

/** `GET /dashboard`, open to everybody: the page. It holds no data and asks for the API key itself. */
export function getDashboard(request: httpRequest, response: httpResponse): void {
  response.headers(headers);
  if (request.headers?.['if-none-match'] === headers.etag) response.status(304).end();
  else response.send(page);
}
