/** An answer of Mailgun's API that is not what was asked for. */
export class MailgunRefusal extends Error {
  /**
   * @param status HTTP status, 0 when there was no answer
   * @param detail what Mailgun says, or why there was no answer
   */
  constructor(
    readonly status: number,
    readonly detail: string,
  ) {
    super(
      status === 0
        ? `Mailgun's API cannot be reached: ${detail}`
        : `Mailgun's API answers ${status}: ${detail || 'no reason given'}`,
    );
  }
}
