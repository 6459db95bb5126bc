const secretName = /KEY|TOKEN|SECRET|PASSWORD|PASSPHRASE|CREDENTIAL/i;

/** Shorter values are switches and names, not secrets. */
const minSecretLength = 8;

const partsOf = (item: string) => [item.trim(), item.replace(/=.*$/s, '').trim()];

/**
 * The values of the variables whose names say that they are secret: each part of a list on its own, and of
 * `SECRET=what it is for` the secret.
 */
export function secretValues(env: Readonly<Record<string, string>>): string[] {
  return Object.entries(env)
    .filter(([name]) => secretName.test(name))
    .flatMap(([, value]) => [value, ...value.split(',').flatMap(partsOf)])
    .filter((value) => value.length >= minSecretLength);
}
