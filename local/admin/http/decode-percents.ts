import { AdminError } from './admin-error';

/**
 * Decodes a part of an address, such as `a%20b`.
 * @param name what the part is called in the error.
 * @throws {AdminError} 400 when it is not encoded as addresses are.
 */
export function decodePercents(name: string, text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new AdminError(400, `The ${name} is not valid percent-encoding.`);
  }
}
