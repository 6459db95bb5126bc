import { config } from 'dotenv';

/** The variables of the shell, and of `.env` where the shell has none. Nothing is written to `process.env`. */
export function readEnvironment(): Record<string, string | undefined> {
  const file: Record<string, string> = {};
  config({ quiet: true, processEnv: file });
  return { ...file, ...process.env };
}
