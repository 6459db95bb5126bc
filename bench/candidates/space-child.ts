import { startSpace } from '../../local/space';
import { signingKey } from '../load/signed-event';
import { documented } from './documented';

// A local space in a process of its own, as `npm start` runs it: with its log.
// Arguments: the data folder, `sources` or `bundle`, the file with the app, `documented` for a platform that
// answers as its documentation suggests, not as harshly as the local space does by default, and the durability.

const [directory = '', kind = '', file = '', platform = '', durability = ''] = process.argv.slice(2);
const space = await startSpace({
  directory,
  app: kind === 'bundle' ? { kind, file } : { kind: 'sources', entry: file },
  env: { MAILGUN_WEBHOOK_SIGNING_KEY: signingKey },
  switches: platform === 'documented' ? documented : {},
  durability: durability === 'process' ? 'process' : 'disk',
});
process.send?.({ url: space.url, apiKey: space.apiKey });
process.on('SIGTERM', () => {
  space.stop().then(
    () => process.exit(0),
    () => process.exit(1),
  );
});
