import { once } from 'node:events';
import * as v from 'valibot';
import { Crowd } from './crowd';
import { crowdOrder } from './crowd-process';

// A crowd in a process of its own, so that it slows down nobody but the space.

async function main(): Promise<void> {
  const [message]: unknown[] = await once(process, 'message');
  const { port, behaviour, size } = v.parse(crowdOrder, message);
  const crowd = new Crowd(port, behaviour, size);
  const gathering = crowd.gather();
  await once(process, 'message');
  const figures = crowd.end();
  await gathering;
  process.send?.(figures, () => process.exit(0));
}

process.once('disconnect', () => process.exit(1));
main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
