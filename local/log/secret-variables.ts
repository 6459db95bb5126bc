const secretName = /KEY|TOKEN|SECRET|PASSWORD|PASSPHRASE|CREDENTIAL/i;

/** Shorter values are switches and names, not secrets. */
const minSecretLength = 8;

/** The values of the variables whose names say that they are secret, each part of a list on its own. */
export function secretValues(env: Readonly<Record<string, string>>): string[] {
  return Object.entries(env)
    .filter(([name]) => secretName.test(name))
    .flatMap(([, value]) => [value, ...value.split(',').map((part) => part.trim())])
    .filter((value) => value.length >= minSecretLength);
}
