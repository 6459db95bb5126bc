/** What a call did: what it resolved, or that it rejected. */
export type Saw = { resolved: unknown } | { rejected: string };

export async function see(call: () => Promise<unknown>): Promise<Saw> {
  try {
    return { resolved: (await call()) ?? null };
  } catch (error) {
    return { rejected: error instanceof Error ? error.message : String(error) };
  }
}
