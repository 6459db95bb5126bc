export interface RefusalFacts {
  /** The body, where the platform says no more than this. */
  readonly text?: string;
  /** After how many seconds it is worth while to ask again. */
  readonly retryAfterSeconds?: number;
  /** What the log counts it under, when the word for programs does not say enough: a fixed text. */
  readonly kind?: string;
  /** Whether somebody has tried a key. */
  readonly isWrongKey?: boolean;
}

/** The space answers a request itself, with a status and a JSON body `{error, detail}`, or a text. */
export class Refusal extends Error {
  override name = 'Refusal';
  readonly text: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  /** What the log counts it under; nothing of the request is in it. */
  readonly kind: string;
  readonly isWrongKey: boolean;

  constructor(
    readonly status: number,
    /** A word for programs, such as `not_found`. */
    readonly error: string,
    /** A sentence for people. */
    readonly detail: string,
    { text, retryAfterSeconds, kind, isWrongKey = false }: RefusalFacts = {},
  ) {
    super(detail);
    this.text = text;
    this.retryAfterSeconds = retryAfterSeconds;
    this.isWrongKey = isWrongKey;
    this.kind = kind ?? `${error.replaceAll('_', ' ')} (${status})`;
  }

  /** The body of the answer. */
  toJSON(): { error: string; detail: string } {
    return { error: this.error, detail: this.detail };
  }
}
