/** An answer of Mailgun's API that is not what was asked for. */
export class MailgunRefusal extends Error {
  /**
   * @param status HTTP status, 0 when there was no answer
   * @param detail what Mailgun says, or why there was no answer
   */
  constructor(
    readonly status: number,
    detail: string,
  ) {
    // It is shown in a terminal, which obeys control characters.
    const said = detail.replace(/\p{C}+/gu, ' ').trim();
    super(
      status === 0
        ? `Mailgun's API cannot be reached: ${said}`
        : `Mailgun's API answers ${status}: ${said || 'no reason given'}`,
    );
  }
}
