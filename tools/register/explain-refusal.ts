import * as v from 'valibot';
import { CannotRun } from '../cannot-run';
import { type ApiAccess, askMailgun } from '../mailgun/direct';
import { MailgunRefusal } from '../mailgun/refusal';
import { apiUrl, otherRegion, type Region } from '../mailgun/region';

/** What a refusal is explained with. */
interface Circumstances {
  readonly access: ApiAccess;
  readonly region: Region;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const namesShown = 10;

async function isAnswered(access: ApiAccess, path: string): Promise<boolean> {
  return askMailgun(access, 'GET', path).then(
    () => true,
    () => false,
  );
}

/** Whether the other region answers what this one refuses. */
function otherAnswers({ access, region, environment }: Circumstances, path: string): Promise<boolean> {
  const other = { ...access, apiUrl: apiUrl(otherRegion(region), environment) };
  return other.apiUrl === access.apiUrl ? Promise.resolve(false) : isAnswered(other, path);
}

/** Turns what Mailgun refuses into what the user can do about it; other errors stay what they are. */
export async function explainRefusal(error: unknown, circumstances: Circumstances): Promise<unknown> {
  // The SDK trips over an answer that is not as it should be, where our own schemas refuse it.
  if (v.isValiError(error) || error instanceof TypeError) {
    return new CannotRun(
      `${circumstances.access.apiUrl} answers, but not as Mailgun's API does: look at MAILGUN_API_URL.`,
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
