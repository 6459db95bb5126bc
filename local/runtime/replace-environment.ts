/** Sets a variable, or removes it when there is no value. */
export function setOrRemove(
  env: Record<string, string | undefined>,
  name: string,
  value: string | undefined,
): void {
  if (value === undefined) {
    delete env[name];
  } else {
    env[name] = value;
  }
}

/**
 * Puts the variables of a space into `process.env`.
 * @returns a function that puts back what they replaced.
 */
export function replaceEnvironment(env: Readonly<Record<string, string>>): () => void {
  const previous = Object.keys(env).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, env);
  return () => {
    for (const [name, value] of previous) {
      setOrRemove(process.env, name, value);
    }
  };
}
