import { FormFields } from '../events/form';

/**
 * Reads a `multipart/form-data` body (RFC 7578). Files are counted and thrown away. Written here because a
 * library would be a seventh of the bundle, for a format that Mailgun has nearly given up.
 * @returns the fields, or a sentence that says why the body cannot be read
 */
export function readMultipart(contentType: string, body: Buffer): FormFields | string {
  const boundary = /;\s*boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(contentType);
  if (boundary === null) return 'The multipart body cannot be read: its content type names no boundary.';
  // In latin1 one character is one byte, so that files of any kind can be skipped as text.
  const text = `\r\n${body.toString('latin1')}`;
  const sections = text.split(`\r\n--${boundary[1] ?? boundary[2]}`);
  if (sections.length < 2 || !sections.at(-1)?.startsWith('--')) {
    return 'The multipart body cannot be read: it is cut off, or its boundary is not the one of the content type.';
  }
  const pairs: Array<readonly [string, string]> = [];
  let attachments = 0;
  for (const section of sections.slice(1, -1)) {
    const endOfHeaders = section.indexOf('\r\n\r\n');
    const disposition =
      /^content-disposition:.*$/im.exec(section.slice(0, Math.max(endOfHeaders, 0)))?.[0] ?? '';
    const name = /;\s*name="?([^";\r\n]*)/i.exec(disposition)?.[1];
    // A file may have an odd name, an empty one or none at all.
    if (/;\s*filename\*?=/i.test(disposition) || /^attachment-\d+$/.test(name ?? '')) attachments += 1;
    else if (name !== undefined) pairs.push([asUtf8(name), asUtf8(section.slice(endOfHeaders + 4))]);
  }
  return new FormFields(pairs, attachments);
}

function asUtf8(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString();
}
