import * as v from 'valibot';
import { loadPlan } from './plan';
import { type PreparedLoad, prepareLoad } from './send-load';

// The load generator, a process of its own: takes a plan, tells that it is ready, sends when told to.

const message = v.variant('kind', [
  v.object({ kind: v.literal('prepare'), plan: loadPlan }),
  v.object({ kind: v.literal('send') }),
]);

let prepared: PreparedLoad | undefined;

async function answer(told: v.InferOutput<typeof message>): Promise<object> {
  if (told.kind === 'prepare') {
    prepared = undefined;
    prepared = await prepareLoad(told.plan);
    return { kind: 'ready' };
  }
  if (prepared === undefined) throw new Error('There is nothing to send.');
  return { kind: 'sent', result: await prepared.send() };
}

process.on('message', (received) => {
  answer(v.parse(message, received)).then(
    (reply) => process.send?.(reply),
    (error: unknown) => process.send?.({ kind: 'failed', reason: String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
