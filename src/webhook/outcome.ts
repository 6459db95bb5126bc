/**
 * Why a request was refused (also the `error` of the answer), and with which status. Mailgun knows three
 * answers: 200 is done, 406 is refused for good, anything else is tried again for about eight hours. So
 * 406 is for what a retry cannot mend, and 503 for what it can. A domain that its key is not bound to is far more
 * often one that its owner has forgotten to name than an attack: he has eight hours to name it, and loses nothing.
 */
const statusOfRefusal = {
  invalid_signature: 406,
  timestamp_expired: 406,
  replay_attack: 406,
  invalid_payload: 406,
  foreign_domain: 503,
  not_configured: 503,
  unavailable: 503,
} as const;

export type Refusal = keyof typeof statusOfRefusal;

/** All reasons for a refusal. */
export const refusals = Object.keys(statusOfRefusal).filter(
  (name): name is Refusal => name in statusOfRefusal,
);

/** How the reception of a webhook ended. */
export type Outcome =
  | { accepted: true; key: string; type: string; duplicate: boolean }
  /** `retryAfterSeconds`: when it may be sent again, if that is known. */
  | { accepted: false; refusal: Refusal; detail?: string | undefined; retryAfterSeconds?: number };

/** The answer for an outcome: an HTTP status, headers and a JSON body. */
export function answerFor(outcome: Outcome): {
  status: 200 | 406 | 503;
  headers: Record<string, string>;
  body: Record<string, unknown>;
} {
  if (outcome.accepted) {
    const body = { received: true, queued: true, id: outcome.key };
    return { status: 200, headers: {}, body: outcome.duplicate ? { ...body, duplicate: true } : body };
  }
  const { refusal, detail, retryAfterSeconds } = outcome;
  return {
    status: statusOfRefusal[refusal],
    headers: retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) },
    body: detail ? { error: refusal, detail } : { error: refusal },
  };
}
