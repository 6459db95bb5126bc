import * as v from 'valibot';
import { digestKinds, periodOf } from '../digest/period';
import { makeDigest } from '../digest/send';
import { readDigestSettings } from '../settings/settings';
import { ApiError, routeWithQuery } from './route';

const parameters = v.strictObject({
  period: v.optional(v.picklist(digestKinds, 'it must be daily or weekly.')),
});

/** `GET /api/digest?period=daily|weekly`: what the latest digest says by the numbers of now. Nobody is told. */
export const getDigest = routeWithQuery(parameters, async (connection, _, { period: asked }) => {
  const result = readDigestSettings();
  if ('problem' in result) throw new ApiError(400, 'not_configured', result.problem);
  const { digest, digestHour: hour, digestTimeZone: timeZone, publicUrl } = result.settings;
  const kind = asked ?? (digest === 'off' ? 'daily' : digest);
  const period = periodOf(Date.now(), { kind, hour, timeZone });
  const { key, title, text, data } = await makeDigest(connection, period, publicUrl);
  return { key, title, text, ...data };
});
