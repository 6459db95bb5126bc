import * as v from 'valibot';
import { CannotRun } from '../../cannot-run';
import type { SpaceAnswer, SpaceClient } from '../space/space-client';
import type { Findings } from './findings';

const about = v.object({
  probe: v.literal(1),
  instance: v.string(),
  node: v.string(),
  variableAtLoad: v.boolean(),
  variableNow: v.boolean(),
});
const bodySeen = v.object({ rawBody: v.nullable(v.number()), body: v.nullable(v.number()) });

const mebibyte = 1024 * 1024;

/** Sizes of bodies that are tried, in bytes. */
const sizes = [mebibyte + 1024, 2 * mebibyte, 4 * mebibyte, 8 * mebibyte, 15 * mebibyte];

/** How many requests show how many instances take turns. */
const askedTogether = 16;

/** @throws CannotRun when the space does not run the probe */
export async function findSurroundings(space: SpaceClient, findings: Findings): Promise<void> {
  const answers = await Promise.all(
    Array.from({ length: askedTogether }, () => space.ask('/probe/about', { authorised: true })),
  );
  const seen = answers.map(({ body }) => v.safeParse(about, body));
  const known = seen.flatMap((one) => (one.success ? [one.output] : []));
  const [first] = known;
  if (first === undefined) {
    throw new CannotRun(
      `The space does not run the probe (${answers[0]?.status ?? 0}): deploy it into a space of its own by ` +
        '"npx coho add probe" and "npx coho deploy --dir ./tools/probe --space probe".',
    );
  }
  findings.found('instances', new Set(known.map(({ instance }) => instance)).size);
  if (!first.variableNow) {
    findings.unclear('envInjection', 'set the variable PROBE in the space to anything, and deploy again');
  } else findings.found('envInjection', first.variableAtLoad ? 'beforeLoad' : 'afterLoad');
  findings.remark(`Node is ${first.node}.`);
}

export async function findThrownErrorStatus(space: SpaceClient, findings: Findings): Promise<void> {
  const { status } = await space.ask('/probe/throw', { authorised: true });
  if (status === 200 || status === 500) findings.found('thrownErrorStatus', status);
  else findings.unclear('thrownErrorStatus', `a handler that throws is answered ${status}`);
}

function sendBody(
  space: SpaceClient,
  body: string | FormData | URLSearchParams,
  contentType?: string,
): Promise<SpaceAnswer> {
  return space.ask('/probe/body', {
    method: 'POST',
    authorised: true,
    body,
    ...(contentType === undefined ? {} : { contentType }),
  });
}

export async function findRawBody(space: SpaceClient, findings: Findings): Promise<void> {
  const multipart = new FormData();
  multipart.append('name', 'value');
  const answers = [
    await sendBody(space, new URLSearchParams({ name: 'value' })),
    await sendBody(space, multipart),
  ];
  const present = answers.map(({ body }) => {
    const parsed = v.safeParse(bodySeen, body);
    return parsed.success && (parsed.output.rawBody ?? 0) > 0;
  });
  findings.found('formRawBody', present.every(Boolean) ? 'present' : 'absent');
  if (new Set(present).size > 1) {
    findings.remark(`rawBody is there for ${present[0] ? 'urlencoded' : 'multipart'} forms only.`);
  }
}

/** Finds the size from which bodies do not reach the handler, and what happens then. */
export async function findOversizeBody(space: SpaceClient, findings: Findings): Promise<void> {
  for (const size of sizes) {
    const answer = await sendBody(
      space,
      JSON.stringify({ text: 'x'.repeat(size) }),
      'application/json',
    ).catch((error: unknown) => {
      // A server may hang up on a body that it does not want.
      if (error instanceof CannotRun) return null;
      throw error;
    });
    const parsed = v.safeParse(bodySeen, answer?.body);
    if (answer === null || answer.status === 413) {
      findings.found('oversizeBody', 'refused');
    } else if (parsed.success && parsed.output.body !== 1) {
      findings.found('oversizeBody', 'withheld');
    } else if (!parsed.success) {
      findings.unclear('oversizeBody', `a body of ${size} bytes is answered ${answer.status}`);
    } else continue;
    findings.remark(`Bodies of ${size} bytes do not reach a handler.`);
    return;
  }
  findings.unclear(
    'oversizeBody',
    `bodies of ${sizes.at(-1)} bytes reach the handler: there is no limit so far`,
  );
}
