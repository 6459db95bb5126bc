import type { SpaceAnswer } from './space/space-client';

/** One thing that was looked at. */
export interface Check {
  readonly what: string;
  readonly ok: boolean;
  /** What was found, short. */
  readonly found: string;
}

/** The checks so far, told as they are made. */
export class Checks {
  readonly made: Check[] = [];
  readonly #tell: (check: Check) => void;

  constructor(tell: (check: Check) => void) {
    this.#tell = tell;
  }

  add(what: string, ok: boolean, found: string): boolean {
    const check = { what, ok, found };
    this.made.push(check);
    this.#tell(check);
    return ok;
  }

  /** Checks an answer of the webhook. @param error the code of a refusal (`unavailable`: for now), null for an event that is stored */
  answer(what: string, { status, body, milliseconds }: SpaceAnswer, error: string | null): boolean {
    const said = typeof body.error === 'string' ? ` ${body.error}` : '';
    const duplicate = body.duplicate === true ? ' duplicate' : '';
    const expected = error === null ? 200 : error === 'unavailable' ? 503 : 406;
    const ok = status === expected && (error === null ? body.received === true : body.error === error);
    return this.add(what, ok, `${status}${said}${duplicate}, ${Math.round(milliseconds)} ms`);
  }

  get failed(): number {
    return this.made.filter(({ ok }) => !ok).length;
  }
}
