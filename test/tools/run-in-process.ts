import { vi } from 'vitest';
import type { ToolRun } from './run-tool';

/**
 * Runs a tool in this process, which takes milliseconds: what it has of `process` and `console` is replaced meanwhile.
 * @param env variables beside those of this process
 */
export async function runInProcess(
  tool: string,
  commandLine: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<ToolRun> {
  const [out, err]: string[][] = [[], []];
  const take =
    (into: string[] | undefined) =>
    (text: unknown): true => {
      into?.push(String(text));
      return true;
    };
  vi.spyOn(console, 'log').mockImplementation(take(out));
  vi.spyOn(console, 'warn').mockImplementation(take(err));
  vi.spyOn(console, 'error').mockImplementation(take(err));
  vi.spyOn(process.stdout, 'write').mockImplementation(take(out));
  vi.spyOn(process.stderr, 'write').mockImplementation(take(err));
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  const signals = (['SIGINT', 'SIGTERM'] as const).map((name) => [name, process.listeners(name)] as const);
  const [formerArguments, formerCode] = [process.argv, process.exitCode];
  try {
    process.argv = [process.execPath, tool, ...commandLine];
    process.exitCode = undefined;
    vi.resetModules();
    await import(`../../tools/${tool}/main.ts`);
    const code = typeof process.exitCode === 'number' ? process.exitCode : null;
    return { code, out: (out ?? []).join('\n'), err: (err ?? []).join('\n') };
  } finally {
    process.argv = formerArguments;
    process.exitCode = formerCode;
    for (const [name, former] of signals)
      for (const listener of process.listeners(name))
        if (!former.includes(listener)) process.off(name, listener);
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  }
}
