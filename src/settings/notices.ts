import * as v from 'valibot';
import { setting, settingsReader } from './setting';

/** Most attempts of one delivery, the first not counted. */
const maxRetries = 50;

/** Where alerts and other notices go. Apart from the rest: a slip in it must not keep webhooks out. */
export const noticeSettings = v.object({
  /** JSON; `src/notices` reads it. */
  destinations: setting('ALERT_DESTINATIONS', '', v.string()),
  /** Whether destinations may lie on this machine or in a private network, and be reached without TLS. */
  allowPrivate: setting(
    'ALERT_ALLOW_PRIVATE_DESTINATIONS',
    'no',
    v.pipe(
      v.picklist(['', 'yes', 'no'], 'must be yes or no'),
      v.transform((text) => text === 'yes'),
    ),
  ),
  /** Pauses in seconds behind the attempts of a delivery that fail; behind the last one it is dead. */
  retrySeconds: setting(
    'ALERT_RETRY_SECONDS',
    '5,30,120,600,1800,3600,7200,14400,28800,28800',
    v.pipe(
      v.string(),
      v.regex(/^\s*\d{1,6}(\s*,\s*\d{1,6})*\s*$/, 'must be seconds separated by commas, such as 5,30,120'),
      v.transform((text) => text.split(',').map(Number)),
      v.maxLength(maxRetries, `must have at most ${maxRetries} pauses`),
    ),
  ),
});
export type NoticeSettings = v.InferOutput<typeof noticeSettings>;

/** Reads where notices go. */
export const readNoticeSettings = settingsReader(noticeSettings);
