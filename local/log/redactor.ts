/** Shorter secrets cannot be told from ordinary words. */
const minSecretLength = 4;

/** An e-mail address; the length of its first part is limited, so that long texts are read in linear time. */
const address = /[^\s"'`<>()[\]{},;:@\\]{1,64}@[a-z0-9-]+(?:\.[a-z0-9-]+)+/gi;

/** Takes out of a text what must not be kept in a log: e-mail addresses and the secrets it knows. */
export class Redactor {
  #secrets: RegExp | null = null;

  /** Names the secrets, all of them; those of before are forgotten. */
  know(secrets: Iterable<string>): void {
    const parts = [...new Set(secrets)]
      .filter((secret) => secret.length >= minSecretLength)
      .sort((a, b) => b.length - a.length)
      .map((secret) => secret.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
    this.#secrets = parts.length === 0 ? null : new RegExp(parts.join('|'), 'g');
  }

  /** The text with `<secret>` and `<address>` in their places. */
  redact(text: string): string {
    const withoutSecrets = this.#secrets === null ? text : text.replace(this.#secrets, '<secret>');
    return withoutSecrets.includes('@') ? withoutSecrets.replace(address, '<address>') : withoutSecrets;
  }
}
