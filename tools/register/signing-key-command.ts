import type { Region } from '../mailgun/region';

/** A text as one word of a POSIX shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * How the owner sets the signing key in the space.
 * @param shown whether the key may be seen
 */
export function signingKeyCommand(key: string, shown: boolean, region: Region): string {
  const setEnv = (value: string) => `npx coho set-env MAILGUN_WEBHOOK_SIGNING_KEY ${value} --encrypted`;
  const ask = `npm run --silent register -- --key-only${region === 'eu' ? ' --region eu' : ''}`;
  return [
    `The account's signing key is set in the space by${shown ? '' : ' (--show-key shows it)'}`,
    '',
    `  ${setEnv(shown ? quoted(key) : "'key-********'")}`,
    '',
    'or, without the key in the history of the shell, by',
    '',
    // The assignment fails with the tool, so that no empty key is set.
    `  KEY=$(${ask}) && ${setEnv('"$KEY"')}`,
    '',
    'While keys change, or for several accounts, give all of them separated by commas.',
  ].join('\n');
}
