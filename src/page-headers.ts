/** What the content security policy of a page names its script and its style by: `sha256-` and the hash in base64. */
export interface PageHashes {
  /** Absent when the page has no script. */
  readonly script?: string;
  readonly style: string;
}

/**
 * The headers of a page of ours. Only the page's own script and style run, and they speak to this space alone: what
 * senders and recipients wrote cannot load, run or send anything, even if it got into the page as more than text.
 * Every page of the app shares the origin in which the dashboard keeps its key, so every page has them.
 */
export function pageHeaders({ script, style }: PageHashes): Record<string, string> {
  const contentSecurityPolicy = [
    "default-src 'none'",
    ...(script === undefined ? [] : [`script-src '${script}'`, "connect-src 'self'"]),
    'img-src data:',
    `style-src '${style}'`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ];
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': contentSecurityPolicy.join('; '),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    // Asked for again each time, so that a deployed page is seen at once.
    'cache-control': 'private, no-cache',
  };
}
