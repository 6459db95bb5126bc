import { parseDomain } from '../events/domain-name';
import { parseMailbox } from '../events/mailbox';
import { readSuppressionSettings, type SuppressionSettings } from '../settings/settings';
import type { Mail, Verdict } from '../suppressions/answer';
import { idOf, type Suppression } from '../suppressions/suppression';
import { ApiError } from './route';

/** A suppression as the API gives it. */
export function presentSuppression({ evidence: _, ...one }: Suppression) {
  return { id: idOf(one), ...one };
}

/** A verdict as the API gives it. */
export function presentVerdict({ scopes, ...verdict }: Verdict) {
  return { ...verdict, scopes: scopes.map(presentSuppression) };
}

/** What a suppression holds for. @throws ApiError 503 with a sentence when a setting cannot be read */
export function suppressionSettings(): SuppressionSettings {
  const result = readSuppressionSettings();
  if ('problem' in result) throw new ApiError(503, 'not_configured', result.problem);
  return result.settings;
}

/** A sending domain that somebody names. @throws ApiError 400 when it is none */
export function domainOf(text: string): string {
  const domain = parseDomain(text);
  if (domain === null)
    throw new ApiError(
      400,
      'invalid_parameter',
      'The parameter domain is not accepted: it must be a domain such as mg.example.com.',
    );
  return domain;
}

/** A mailing list that somebody names. @throws ApiError 400 when it is no address */
export function mailingListOf(text: string): string {
  const address = parseMailbox(text);
  if (address === null)
    throw new ApiError(
      400,
      'invalid_parameter',
      'The parameter list is not accepted: it must be the address of a mailing list.',
    );
  return address;
}

/** The mail that somebody asks about. @throws ApiError 400 */
export function mailOf(input: {
  domain?: string | undefined;
  tags?: readonly string[] | undefined;
  list?: string | undefined;
}): Mail {
  return {
    domain: input.domain === undefined ? null : domainOf(input.domain),
    tags: input.tags?.flatMap((tag) => tag.trim().toLowerCase() || []) ?? null,
    list: input.list === undefined ? null : mailingListOf(input.list),
  };
}
