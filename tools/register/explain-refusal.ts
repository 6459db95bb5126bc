import * as v from 'valibot';
import type { Access } from '../../src/mailgun-client/ask';
import { CannotRun } from '../cannot-run';
import { MailgunAccount } from '../mailgun/account';
import { MailgunRefusal } from '../mailgun/refusal';
import { apiUrl, otherRegion, type Region } from '../mailgun/region';

/** What a refusal is explained with. */
interface Circumstances {
  readonly access: Access;
  readonly region: Region;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const namesShown = 10;

/** Whether the other region answers what this one refuses. */
function otherAnswers({ access, region, environment }: Circumstances, path: string): Promise<boolean> {
  const other = { ...access, base: apiUrl(otherRegion(region), environment) };
  const account = new MailgunAccount(other, () => undefined);
  return other.base === access.base ? Promise.resolve(false) : account.answers(path);
}

/** Turns what Mailgun refuses into what the user can do about it; other errors stay what they are. */
export async function explainRefusal(error: unknown, circumstances: Circumstances): Promise<unknown> {
  if (v.isValiError(error)) {
    return new CannotRun(
      `${circumstances.access.base} answers, but not as Mailgun's API does: look at MAILGUN_API_URL.`,
    );
  }
  if (!(error instanceof MailgunRefusal)) return error;
  if (error.status !== 401 && error.status !== 403) return new CannotRun(error.message);
  const { region } = circumstances;
  if (await otherAnswers(circumstances, '/v3/domains?limit=1')) {
    return new CannotRun(
      `MAILGUN_API_KEY is not of the ${region} region but of the other one: add --region ${otherRegion(region)}.`,
    );
  }
  return new CannotRun(
    'Mailgun refuses MAILGUN_API_KEY. It must be an API key of the account (Mailgun: API security), not the ' +
      'sending key of a domain and not the webhook signing key.',
  );
}

/** What can be done about a domain that Mailgun does not know here. */
export async function explainUnknownDomain(
  domain: string,
  circumstances: Circumstances,
  domains: readonly string[],
): Promise<CannotRun> {
  const { region } = circumstances;
  if (await otherAnswers(circumstances, `/v3/domains/${domain}/webhooks`)) {
    const other = otherRegion(region);
    return new CannotRun(`${domain} is not in the ${region} region but in ${other}: add --region ${other}.`);
  }
  const shown = domains.slice(0, namesShown).join(', ') || 'none';
  const hidden = domains.length - namesShown;
  return new CannotRun(
    `The account has no domain ${domain} in the ${region} region. It has ${shown}${hidden > 0 ? ` and ${hidden} more` : ''}.`,
  );
}
