/** Lines that the app has written since the last look, and rules that none of them may break. */
export interface QuietConsole {
  /** Returns what breaks a rule: addresses, secrets, lines that somebody else has begun. Forgets the lines. */
  violations(secrets: ReadonlyArray<string | RegExp>): string[];
  /** Takes a line that was written in another way. */
  add(line: string): void;
  restore(): void;
}

const levels = ['log', 'warn', 'error'] as const;

/** Keeps the app's log to itself. The campaigns would print millions of lines. */
export function quietConsole(): QuietConsole {
  const original = { log: console.log, warn: console.warn, error: console.error };
  let lines: string[] = [];
  for (const level of levels) {
    console[level] = (...parts: unknown[]) => {
      lines.push(parts.map(String).join(' '));
    };
  }
  return {
    violations(secrets) {
      const seen = lines;
      lines = [];
      return seen.flatMap((line) => {
        if (/\p{Cc}|\u2028|\u2029/u.test(line))
          return [`log line with a control character: ${JSON.stringify(line)}`];
        if (/\w@\w/.test(line)) return [`log line with an address: ${line}`];
        return secrets.some((secret) => line.search(secret) >= 0) ? [`log line with a secret: ${line}`] : [];
      });
    },
    add(line) {
      lines.push(line);
    },
    restore() {
      Object.assign(console, original);
    },
  };
}
