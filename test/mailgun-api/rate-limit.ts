import { type MailgunRoutes, tooManyRequests } from './server';

/**
 * Mailgun's limit: so many requests of an account within so many seconds, then refusals that tell how long
 * it takes until the next ones pass.
 */
export function rateLimit(requests: number, seconds: number): { routes: MailgunRoutes; refused(): number } {
  let ends = 0;
  let passed = 0;
  let refused = 0;
  return {
    refused: () => refused,
    routes: () => {
      const now = Date.now();
      if (now >= ends) {
        ends = now + seconds * 1000;
        passed = 0;
      }
      passed += 1;
      if (passed <= requests) return null;
      refused += 1;
      return tooManyRequests(Math.ceil((ends - now) / 1000));
    },
  };
}
