import type { httpRequest } from 'codehooks-js';
import { FormFields } from '../events/form';
import { largestBody, mostFields } from './limits';
import { readMultipart } from './multipart';
import { readStream } from './stream';

/** A body that could be parsed, or a sentence that says why it cannot. */
export type WebhookBody =
  | { kind: 'json'; value: object }
  | { kind: 'form'; fields: FormFields }
  | { kind: 'unreadable'; detail: string };

const unreadable = (detail: string): WebhookBody => ({ kind: 'unreadable', detail });

function mediaType(header: unknown): string {
  return typeof header === 'string' ? (header.split(';')[0] ?? '').trim().toLowerCase() : '';
}

function rawText(request: httpRequest): string {
  const raw: unknown = request.rawBody;
  return typeof raw === 'string' ? raw : '';
}

function isFilledObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

function readJson(request: httpRequest): WebhookBody {
  const parsed: unknown = request.body;
  if (isFilledObject(parsed) && !Array.isArray(parsed)) return { kind: 'json', value: parsed };
  const text = typeof parsed === 'string' ? parsed : rawText(request);
  if (text.trim() === '') return unreadable('The body is empty.');
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? { kind: 'json', value }
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

function readForm(request: httpRequest): WebhookBody {
  const text = rawText(request);
  const body: unknown = request.body;
  // The text keeps repeated fields in order, which decides whether a value is Mailgun's or the sender's.
  const pairs =
    text !== '' ? [...new URLSearchParams(text)] : isFilledObject(body) ? pairsOfParsedForm(body) : [];
  return form(new FormFields(pairs));
}

function form(fields: FormFields): WebhookBody {
  if (fields.pairs.length === 0) return unreadable('The form is empty.');
  if (fields.pairs.length > mostFields) return unreadable(`The form has more than ${mostFields} fields.`);
  return { kind: 'form', fields };
}

async function readMultipartForm(request: httpRequest, contentType: string): Promise<WebhookBody> {
  const text = rawText(request);
  const bytes = text !== '' ? Buffer.from(text) : await readStream(request, largestBody);
  if (bytes === null || bytes.length > largestBody) return tooLarge;
  const fields = readMultipart(contentType, bytes);
  return typeof fields === 'string' ? unreadable(fields) : form(fields);
}

const tooLarge = unreadable(`The body is larger than ${largestBody} bytes.`);

function isTooLarge(request: httpRequest): boolean {
  const stated = Number(request.headers['content-length']);
  return stated > largestBody || rawText(request).length > largestBody;
}

/** Reads the body of a webhook by its content type: JSON, or one of the two legacy forms. */
export async function readBody(request: httpRequest): Promise<WebhookBody> {
  if (isTooLarge(request)) return tooLarge;
  const contentType: unknown = request.headers['content-type'];
  switch (mediaType(contentType)) {
    case 'application/json':
      return readJson(request);
    case 'application/x-www-form-urlencoded':
      return readForm(request);
    case 'multipart/form-data':
      return readMultipartForm(request, String(contentType));
    default:
      return unreadable(
        'The content type is none of application/json, application/x-www-form-urlencoded and multipart/form-data.',
      );
  }
}
