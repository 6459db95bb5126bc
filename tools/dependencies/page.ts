import type { DirectDependency, LockFile } from './lock-file';

/** When versions of a package were published, as dates without the time. */
export interface Age {
  readonly first: string;
  readonly last: string;
}

/** The start of the row of a package: what the lock file alone says. */
export const rowStart = ({ name, version, license, use }: DirectDependency): string =>
  `| \`${name}\` | ${version} | ${license} | ${use} |`;

/** The page `docs/dependencies.md`. */
export function dependenciesPage(
  { direct, licenses, withoutLicense }: LockFile,
  ages: ReadonlyMap<string, Age>,
  today: string,
): string {
  const rows = direct.map((dependency) => {
    const { first, last } = ages.get(dependency.name) ?? { first: '?', last: '?' };
    return `${rowStart(dependency)} ${first} | ${last} |`;
  });
  const total = licenses.reduce((sum, [, packages]) => sum + packages, 0);
  return `# Dependencies

Made by \`npm run dependencies\` from the lock file and from what npm told on ${today}; a test fails when the lock file says
something else. The dates are those of the registry that npm was set to: a mirror counts from when it began.

| Package | Version | Licence | Use | First published | Last published |
| --- | --- | --- | --- | --- | --- |
${rows.join('\n')}

\`runs\`: needed by the app, the local space or the owner's commands. \`develops\`: builds, checks and tests. With what these need in their turn
there are ${total} packages, by licence:

| Licence | Packages |
| --- | --- |
${licenses.map(([license, packages]) => `| ${license} | ${packages} |`).join('\n')}

Not stated: ${[...withoutLicense].map(([why, packages]) => `${packages} ${why}`).join('; ')}.
How old a package is, npm is asked for those that the project names, not for all that these need.
`;
}
