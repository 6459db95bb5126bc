import * as v from 'valibot';
import { parseInput, route } from './route';

/** `GET /api/backfill`: how far Mailgun's own record was compared with ours. Nothing compares them yet. */
export const getBackfill = route(async (_, request) => {
  parseInput(v.strictObject({}), request.query);
  return { configured: false, items: [], missed: {}, next: null };
});
