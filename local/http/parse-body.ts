import qs from 'qs';

/** A body as the app sees it. */
export interface ParsedBody {
  /** JSON or form fields; `{}` for every other type and for JSON that does not parse. */
  body: unknown;
  /** The text as it came, undefined only where the platform may not have it (`formRawBody`). */
  rawBody: string | undefined;
}

/**
 * Parses a body by its content type, like the platform: JSON and urlencoded forms (nested keys allowed) are
 * parsed, everything else, multipart forms included, is left to the app as text and to `req.pipe`.
 */
export function parseBody(
  bytes: Buffer,
  contentType: string | undefined,
  formRawBody: 'present' | 'absent',
): ParsedBody {
  const type = (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const text = bytes.toString('utf8');
  if (type === 'application/json' || type.endsWith('+json')) {
    return { body: parseJson(text), rawBody: text };
  }
  const isForm = type === 'application/x-www-form-urlencoded';
  const body = isForm ? qs.parse(text, { depth: 32, arrayLimit: 100 }) : {};
  const withheld = formRawBody === 'absent' && (isForm || type === 'multipart/form-data');
  return { body, rawBody: withheld ? undefined : text };
}

/** Whether the cloud refuses such a body is not documented; here the app decides, with `rawBody` at hand. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return {};
  }
}
