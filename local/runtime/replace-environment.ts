/**
 * Puts the variables of a space into `process.env`.
 * @returns a function that puts back what they replaced.
 */
export function replaceEnvironment(env: Readonly<Record<string, string>>): () => void {
  const previous = Object.keys(env).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, env);
  return () => {
    for (const [name, value] of previous) {
      if (value === undefined) {
        delete process.env[name];
      } else {
        process.env[name] = value;
      }
    }
  };
}
