import * as v from 'valibot';
import { dayOf } from '../events/key';
import { findCampaign } from '../store/campaigns';
import { refusalsOf } from '../store/refusals';
import { refusals } from '../webhook/outcome';
import { totalsOf } from './campaigns';
import { parseInput, route } from './route';

/** `GET /api/summary`: all mail, its days, and the requests that were refused today by reason. */
export const getSummary = route(async (connection, request) => {
  parseInput(v.strictObject({}), request.query);
  const today = dayOf(new Date().toISOString());
  const counts = await Promise.all(
    refusals.map(async (reason) => [reason, await refusalsOf(connection, reason, today)] as const),
  );
  const all = await findCampaign(connection, null);
  return { ...totalsOf(all), days: all?.days ?? {}, refusedToday: Object.fromEntries(counts) };
});
