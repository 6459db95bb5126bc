import { FormFields } from '../events/form';
import { readMultipart } from './multipart';

/** Largest body that is read. Mailgun's events are a few kilobytes; attachments ride along in legacy forms. */
export const maxBodyBytes = 1024 * 1024;
/** Most fields of a form. Mailgun sends some thirty, plus the sender's variables. */
const maxFields = 2000;

/** The names of the content types that Mailgun sends. */
const json = 'application/json';
const urlEncoded = 'application/x-www-form-urlencoded';
const multipart = 'multipart/form-data';

/** A request to the webhook, whatever server took it. */
export interface WebhookRequest {
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: RequestBody;
}

/** A body as servers hand it over: each does a part of this. */
export interface RequestBody {
  /** What the server has parsed: the JSON, or the fields of a form by name. */
  readonly parsed?: unknown;
  /** The body as text. */
  readonly text?: string;
  /** The body as bytes, or that there were more than {@link maxBodyBytes}. */
  readonly bytes?: Buffer | 'too_large';
}

/** A body that could be parsed, or a sentence that says why it cannot. */
export type WebhookBody =
  /** `text`: what was parsed, null where the server keeps it to itself. */
  | { kind: 'json'; value: object; text: string | null }
  | { kind: 'form'; fields: FormFields }
  | { kind: 'unreadable'; detail: string };

const unreadable = (detail: string): WebhookBody => ({ kind: 'unreadable', detail });

/** The media type of a `content-type` header, in lower case and without parameters. */
function mediaTypeOf(header: unknown): string {
  return typeof header === 'string' ? (header.split(';')[0] ?? '').trim().toLowerCase() : '';
}

function isFilledObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

function readJson({ parsed, text: raw = '' }: RequestBody): WebhookBody {
  if (isFilledObject(parsed) && !Array.isArray(parsed))
    return { kind: 'json', value: parsed, text: raw || null };
  const text = typeof parsed === 'string' ? parsed : raw;
  if (text.trim() === '') return unreadable('The body is empty.');
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? { kind: 'json', value, text }
      : unreadable('The body is JSON, but not an object.');
  } catch {
    return unreadable('The body is not valid JSON.');
  }
}

/** Fields that the platform has parsed: repeated ones are lists. Nested ones are not Mailgun's. */
function pairsOfParsedForm(body: object): Array<readonly [string, string]> {
  return Object.entries(body).flatMap(([name, value]: [string, unknown]) =>
    (Array.isArray(value) ? value : [value]).flatMap((item: unknown) =>
      typeof item === 'string' ? [[name, item] as const] : [],
    ),
  );
}

function readForm({ parsed, text = '' }: RequestBody): WebhookBody {
  // The text keeps repeated fields in order, which decides whether a value is Mailgun's or the sender's.
  const pairs =
    text !== '' ? [...new URLSearchParams(text)] : isFilledObject(parsed) ? pairsOfParsedForm(parsed) : [];
  return form(new FormFields(pairs));
}

function form(fields: FormFields): WebhookBody {
  if (fields.pairs.length === 0) return unreadable('The form is empty.');
  if (fields.pairs.length > maxFields) return unreadable(`The form has more than ${maxFields} fields.`);
  return { kind: 'form', fields };
}

function readMultipartForm({ text = '', bytes }: RequestBody, contentType: string): WebhookBody {
  const whole = text !== '' ? Buffer.from(text) : bytes;
  if (whole === 'too_large') return tooLarge;
  const fields = readMultipart(contentType, whole ?? Buffer.alloc(0));
  return typeof fields === 'string' ? unreadable(fields) : form(fields);
}

const tooLarge = unreadable(`The body is larger than ${maxBodyBytes} bytes.`);

function isTooLarge({ headers, body: { text = '', bytes } }: WebhookRequest): boolean {
  return (
    Number(headers['content-length']) > maxBodyBytes ||
    bytes === 'too_large' ||
    // A character is one to three bytes: most texts need no counting.
    (text.length > maxBodyBytes / 3 && Buffer.byteLength(text) > maxBodyBytes)
  );
}

/** Reads the body of a webhook by its content type: JSON, or one of the two legacy forms. */
export function readBody(request: WebhookRequest): WebhookBody {
  if (isTooLarge(request)) return tooLarge;
  const contentType = request.headers['content-type'];
  switch (mediaTypeOf(contentType)) {
    case json:
      return readJson(request.body);
    case urlEncoded:
      return readForm(request.body);
    case multipart:
      return readMultipartForm(request.body, String(contentType));
    default:
      return unreadable(`The content type is not one of ${json}, ${urlEncoded} and ${multipart}.`);
  }
}

/** Whether a request has a multipart body. */
export function isMultipart(headers: WebhookRequest['headers']): boolean {
  return mediaTypeOf(headers['content-type']) === multipart;
}
