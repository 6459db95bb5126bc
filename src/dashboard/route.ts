import type { httpRequest, httpResponse } from 'codehooks-js';
import { pageHeaders } from '../page-headers';
import { hashes, page } from './built';

const headers = {
  ...pageHeaders(hashes),
  // Unchanged, the page is not sent again.
  etag: `"${hashes.script.slice(-20)}${hashes.style.slice(-20)}"`,
};

/** `GET /dashboard`, open to everybody: the page. It holds no data and asks for the API key itself. */
export function getDashboard(request: httpRequest, response: httpResponse): void {
  response.headers(headers);
  if (request.headers?.['if-none-match'] === headers.etag) response.status(304).end();
  else response.send(page);
}
