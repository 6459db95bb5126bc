import { decodeField, make } from 'multipasta';
import { FormFields } from '../events/form';
import { mostFields } from './limits';

/**
 * Reads a `multipart/form-data` body. Files are counted and thrown away.
 * @returns the fields, or a sentence that says why the body cannot be read
 */
export function readMultipart(contentType: string, body: Uint8Array): FormFields | string {
  const pairs: Array<readonly [string, string]> = [];
  let attachments = 0;
  let problem: string | null = null;
  const parser = make({
    headers: { 'content-type': contentType },
    maxParts: mostFields,
    onField: (info, value) => pairs.push([info.name, decodeField(info, value)]),
    onFile: () => {
      attachments += 1;
      return () => undefined;
    },
    onError: (error) => {
      problem ??= `The multipart body cannot be read (${error._tag}).`;
    },
    onDone: () => undefined,
  });
  parser.write(body);
  parser.end();
  return problem ?? new FormFields(pairs, attachments);
}
