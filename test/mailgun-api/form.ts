import type { MailgunRequest } from './server';

/** The fields of a form, urlencoded or multipart; names repeat. Empty for any other body. */
export async function formOf({ headers, body }: MailgunRequest): Promise<URLSearchParams> {
  const contentType = String(headers['content-type'] ?? '');
  if (contentType.startsWith('application/x-www-form-urlencoded'))
    return new URLSearchParams(body.toString());
  const form = new URLSearchParams();
  if (!contentType.startsWith('multipart/form-data')) return form;
  const parsed = await new Response(new Uint8Array(body), {
    headers: { 'content-type': contentType },
  }).formData();
  for (const [name, value] of parsed) if (typeof value === 'string') form.append(name, value);
  return form;
}
