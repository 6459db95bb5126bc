/** What the receiving server, or Mailgun in its place, said about a delivery attempt. */
export interface DeliveryStatus {
  /** SMTP code, or one of Mailgun's own 4xx and 6xx codes. */
  code: number | null;
  /** RFC 3463 code such as `5.1.1`; a delayed bounce's `bounce-code` stands here when there is no other. */
  enhancedCode: string | null;
  message: string | null;
  description: string | null;
  attempt: number | null;
  mxHost: string | null;
  bounceType: string | null;
  /** Of an expired message: the code and the answer of the last attempt, which say why it expired. */
  lastCode: number | null;
  lastMessage: string | null;
}

/** Circumstances under which an event says nothing about the address it names. */
export interface EventFlags {
  /** Sent on because of a route: the recipient is a forward target, not a subscriber. */
  routed: boolean;
  /** In test mode, or a system test: nothing was really sent. */
  test: boolean;
  /** About one of Mailgun's own callbacks. */
  callback: boolean;
  /** A bounce mail that came after `delivered`. */
  delayedBounce: boolean;
}

/** What a failure is judged by. */
export interface Failure {
  severity: string | null;
  reason: string | null;
  deliveryStatus: DeliveryStatus | null;
  flags: EventFlags;
}

/** What a failure says, before anybody judges it. */
export interface Evidence extends EventFlags {
  severity: string | null;
  reason: string | null;
  /** Of SMTP, or Mailgun's own. */
  code: number | null;
  /** The most specific RFC 3463 code, empty when there is none. */
  enhancedCode: string;
  bounceType: string | null;
}

/**
 * An RFC 3463 code that stands alone, or behind an SMTP code as in `550-5.1.1`. Part of an IP address (`[185.1.1.7]`),
 * of a version or of a longer number it does not count.
 */
const codeInText = /(?:(?<![\w.])[245]\d\d-|(?<![\w./-]))([245]\.[0-7]\.\d{1,3})(?!\w|\.\d|-\d)/g;

function codesIn(text: string | null): string[] {
  return text === null ? [] : Array.from(text.matchAll(codeInText), ([, code = '']) => code);
}

/**
 * Collects what a failure says. In older payloads `enhanced-code` is absent or empty, and the code stands in the
 * answer of the server. Codes such as `5.0.0` say nothing more than that it failed, so any other comes before them.
 */
export function collectEvidence({ severity, reason, deliveryStatus, flags }: Failure): Evidence {
  const { code = null, enhancedCode = null, message = null, description = null } = deliveryStatus ?? {};
  const codes = [enhancedCode, message, description].flatMap(codesIn);
  return {
    ...flags,
    severity,
    reason,
    code,
    enhancedCode: codes.find((found) => !/^\d\.0\./.test(found)) ?? codes[0] ?? '',
    bounceType: deliveryStatus?.bounceType?.toLowerCase() ?? null,
  };
}

/** SMTP's codes and Mailgun's own have three digits; anything else in their place, such as 0, says nothing. */
const threeDigits = (code: number | null | undefined) =>
  code !== null && code !== undefined && /^[1-9]\d\d$/.test(`${code}`) ? `${code}` : null;

/**
 * The code that says most of why a mail failed, such as `5.7.515`, `550` or Mailgun's `605`: RFC 3463's where one is
 * told, else the one of three digits, of an expired mail that of its last attempt. Null when none is told.
 */
export function failureCodeOf(failure: Failure): string | null {
  const { lastMessage = null, lastCode, code } = failure.deliveryStatus ?? {};
  return (
    codesIn(lastMessage)[0] ??
    (collectEvidence(failure).enhancedCode || null) ??
    threeDigits(lastCode) ??
    threeDigits(code)
  );
}

/** Why a mail failed, as a person reads it: of an expired one what the last attempt was told. Null when nothing says it. */
export function causeOf({
  reason,
  deliveryStatus,
}: Pick<Failure, 'reason' | 'deliveryStatus'>): string | null {
  const { lastMessage, message, description } = deliveryStatus ?? {};
  return [lastMessage, message, description, reason].find((text) => text) ?? null;
}
