/** Fields of a form in the order in which they came. Names may repeat. */
export class FormFields {
  private readonly byName = new Map<string, string[]>();

  constructor(
    readonly pairs: ReadonlyArray<readonly [name: string, value: string]>,
    /** Number of files that came along. */
    readonly attachments = 0,
  ) {
    for (const [name, value] of pairs) {
      const values = this.byName.get(name);
      if (values) values.push(value);
      else this.byName.set(name, [value]);
    }
  }

  has(name: string): boolean {
    return this.byName.has(name);
  }

  /**
   * Mailgun merges the sender's user variables into the same flat space: of a repeated field its own
   * value is the first, except for `timestamp`, `token` and `signature`, where it is the last.
   */
  first(name: string): string | null {
    return this.byName.get(name)?.[0] ?? null;
  }

  last(name: string): string | null {
    return this.byName.get(name)?.at(-1) ?? null;
  }

  all(name: string): readonly string[] {
    return this.byName.get(name) ?? [];
  }
}
