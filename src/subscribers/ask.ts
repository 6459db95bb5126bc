import type { SuppressionSettings } from '../settings/settings';
import type { Connection } from '../store/connection';
import { findAllowed } from '../suppressions/allowlist';
import { free, judge, type Mail, type Verdict } from '../suppressions/answer';
import { findErased } from '../suppressions/erased';
import type { Suppression } from '../suppressions/suppression';
import { findSuppressions } from './subscribers';

async function readSuppressions(
  connection: Connection,
  emails: readonly string[],
  salt: string | null,
): Promise<Map<string, Suppression[]>> {
  const [found, erased] = await Promise.all([
    findSuppressions(connection, emails),
    salt === null ? new Map<string, Suppression[]>() : findErased(connection, emails, salt),
  ]);
  for (const [email, suppressions] of erased)
    found.set(email, [...(found.get(email) ?? []), ...suppressions]);
  return found;
}

/**
 * May one write to these addresses, with this mail, now?
 * @param emails normalised, each once
 * @param now ISO
 * @returns the verdict of each
 */
export async function ask(
  connection: Connection,
  emails: readonly string[],
  mail: Mail,
  settings: SuppressionSettings,
  now: string,
): Promise<Map<string, Verdict>> {
  const found = await readSuppressions(connection, emails, settings.erasureSalt);
  const bounced = [...found].flatMap(([email, suppressions]) =>
    suppressions.some(({ list }) => list === 'bounce' || list === 'soft') ? [email] : [],
  );
  const allowed = await findAllowed(connection, bounced, mail.domain);
  return new Map(
    emails.map((email) => {
      const suppressions = found.get(email);
      const verdict =
        suppressions === undefined
          ? free
          : judge(suppressions, mail, { settings, now, isAllowed: allowed.has(email) });
      return [email, verdict];
    }),
  );
}
