import { type Result, Tally } from '../report';
import { signingKey } from '../virtual-space/virtual-space';
import { type AttackedSpace, openAttackedSpace } from './attacked-space';
import { judge, type Verdict } from './contract';
import { hmac, signatureVariants } from './signature-variants';

const seconds = () => Math.floor(Date.now() / 1000);
const json = 'application/json';
const form = 'application/x-www-form-urlencoded';

function eventData(id: string, event = 'delivered'): Record<string, unknown> {
  return {
    event,
    id,
    timestamp: seconds() - 10,
    domain: { name: 'mg.example.com' },
    recipient: 'victim@example.com',
    tags: ['spring'],
  };
}

function bodyOf(signature: unknown, data: unknown): Buffer {
  return Buffer.from(JSON.stringify({ signature, 'event-data': data }));
}

async function post(attacked: AttackedSpace, body: Uint8Array, type = json): Promise<Verdict> {
  return judge(await attacked.client.post(body, type));
}

const isRefused = (verdict: Verdict, ...errors: string[]) =>
  'error' in verdict && errors.includes(verdict.error);
const told = (isRight: boolean, verdict: Verdict) => (isRight ? [] : [JSON.stringify(verdict)]);

/** Every variant of a signature block, in JSON and, where a form can say it, in a form. */
async function tryVariants(attacked: AttackedSpace, tally: Tally): Promise<void> {
  for (const [index, { name, block, isGenuine, refusal }] of signatureVariants(seconds()).entries()) {
    const verdict = await post(attacked, bodyOf(block, eventData(`variant-${index}`)));
    const isRight = isGenuine ? 'id' in verdict : isRefused(verdict, refusal);
    tally.add(`JSON, ${name}`, told(isRight, verdict));
  }
}

async function tryForms(attacked: AttackedSpace, tally: Tally): Promise<void> {
  const timestamp = String(seconds());
  const tryForm = async (name: string, token: string, isGenuine: boolean, pairs: string[][]) => {
    const fields = new URLSearchParams([
      ['event', 'delivered'],
      ['recipient', 'victim@example.com'],
      ['id', token],
    ]);
    for (const [field, value] of pairs) fields.append(field ?? '', value ?? '');
    const verdict = await post(attacked, Buffer.from(fields.toString()), form);
    tally.add(
      `form, ${name}`,
      told(isGenuine ? 'id' in verdict : isRefused(verdict, 'invalid_signature'), verdict),
    );
  };
  const triple = (token: string) => [
    ['timestamp', timestamp],
    ['token', token],
    ['signature', hmac(timestamp, token)],
  ];
  const forged = [
    ['timestamp', timestamp],
    ['token', 'forged'],
    ['signature', 'f'.repeat(64)],
  ];
  await tryForm('genuine', 'form-a', true, triple('form-a'));
  await tryForm('no fields', 'form-b', false, []);
  await tryForm('signature is a word', 'form-c', false, [['signature', 'abc']]);
  await tryForm('signature is JSON text', 'form-d', false, [
    ['signature', JSON.stringify(Object.fromEntries(triple('form-d')))],
  ]);
  await tryForm(
    'nested signature',
    'form-e',
    false,
    triple('form-e').map(([name, value]) => [`signature[${name}]`, value ?? '']),
  );
  // The platform parses such names as those of lists, and gives no text by which to tell them from Mailgun's. Who can
  // sign may write them as he likes.
  await tryForm(
    'lists',
    'form-f',
    true,
    triple('form-f').map(([name, value]) => [`${name}[]`, value ?? '']),
  );
  await tryForm("the sender's own before Mailgun's", 'form-g', true, [...forged, ...triple('form-g')]);
  await tryForm('forged after genuine', 'form-h', false, [...triple('form-h'), ...forged]);
  for (const left of [0, 1, 2]) {
    await tryForm(
      `only field ${left}`,
      `form-i${left}`,
      false,
      triple(`form-i${left}`).slice(left, left + 1),
    );
    await tryForm(
      `without field ${left}`,
      `form-j${left}`,
      false,
      triple(`form-j${left}`).filter((_, at) => at !== left),
    );
  }
}

/** A body that says the same twice: what is checked must be what is stored, whichever of them that is. */
async function tryRepeated(attacked: AttackedSpace, tally: Tally): Promise<void> {
  const timestamp = String(seconds());
  const text = JSON.stringify;
  const genuine = (token: string) => text({ timestamp, token, signature: hmac(timestamp, token) });
  const forged = text({ timestamp, token: 'repeated', signature: 'f'.repeat(64) });
  const data = (id: string) => text(eventData(id));
  const doubled = (token: string) => genuine(token).replace('{', `{"token":"repeated",`);
  const cases: ReadonlyArray<readonly [name: string, body: string, isGenuine: boolean]> = [
    [
      'forged, then genuine',
      `{"signature":${forged},"signature":${genuine('twice-a')},"event-data":${data('twice-a')}}`,
      true,
    ],
    [
      'genuine, then forged',
      `{"signature":${genuine('twice-b')},"signature":${forged},"event-data":${data('twice-b')}}`,
      false,
    ],
    [
      'two tokens, the last one signed',
      `{"signature":${doubled('twice-c')},"event-data":${data('twice-c')}}`,
      true,
    ],
    [
      'two tokens, the first one signed',
      `{"signature":${genuine('twice-d').replace(/}$/, ',"token":"repeated"}')},"event-data":${data('twice-d')}}`,
      false,
    ],
  ];
  for (const [name, body, isGenuine] of cases) {
    const verdict = await post(attacked, Buffer.from(body));
    tally.add(
      `twice in one body: ${name}`,
      told(isGenuine ? 'id' in verdict : isRefused(verdict, 'invalid_signature'), verdict),
    );
  }
  const two = `{"signature":${genuine('twice-e')},"event-data":${data('twice-first')},"event-data":${data('twice-second')}}`;
  const verdict = await post(attacked, Buffer.from(two));
  const stored = await attacked.space.connection.count('email_events', {
    raw: { $regex: 'twice-(first|second)' },
  });
  tally.add(
    'two events in one body',
    'id' in verdict && stored === 1 ? [] : [`${JSON.stringify(verdict)}, ${stored} stored`],
  );
}

/** A genuine triple carries one content, whoever comes with another, before, after or at the same instant. */
async function tryStolenTriples(attacked: AttackedSpace, tally: Tally): Promise<void> {
  const timestamp = String(seconds());
  const block = (token: string) => ({ timestamp, token, signature: hmac(timestamp, token) });
  const own = bodyOf(block('stolen-1'), eventData('event-1'));
  tally.add('the genuine one', told('id' in (await post(attacked, own)), await post(attacked, own)));
  for (const event of ['complained', 'unsubscribed', 'delivered', 'failed']) {
    const verdict = await post(attacked, bodyOf(block('stolen-1'), eventData(`thief-${event}`, event)));
    tally.add(`its triple with another ${event}`, told(isRefused(verdict, 'replay_attack'), verdict));
  }
  const asForm = new URLSearchParams({
    event: 'complained',
    recipient: 'victim@example.com',
    ...block('stolen-1'),
  });
  const verdict = await post(attacked, Buffer.from(asForm.toString()), form);
  tally.add('its triple with a form', told(isRefused(verdict, 'replay_attack'), verdict));
  const again = await post(attacked, own);
  tally.add('the genuine one again', told('id' in again, again));

  for (const round of [0, 1, 2, 3]) {
    const bodies = Array.from({ length: 50 }, (_, number) =>
      bodyOf(block(`concurrent-${round}`), eventData(`concurrent-${round}-${number}`, 'complained')),
    );
    const verdicts = await Promise.all(bodies.map((body) => post(attacked, body)));
    const admitted = verdicts.filter((each) => 'id' in each).length;
    const refused = verdicts.filter((each) => isRefused(each, 'replay_attack')).length;
    const pattern = { raw: { $regex: `concurrent-${round}-` } };
    const stored = await attacked.space.connection.count('email_events', pattern);
    const isRight = admitted === 1 && refused === 49 && stored === 1;
    tally.add(
      `50 contents at once, round ${round}`,
      isRight ? [] : [`${admitted} admitted, ${refused} refused, ${stored} stored`],
    );
  }
  const concurrent = bodyOf(block('crowd-same'), eventData('event-2'));
  const same = await Promise.all(Array.from({ length: 50 }, () => post(attacked, concurrent)));
  tally.add('50 copies at once', same.every((each) => 'id' in each) ? [] : ['not all were answered 200']);
}

/** Keys that are missing, wrong or several. */
async function tryKeys(bundleFile: string, tally: Tally): Promise<void> {
  const timestamp = String(seconds());
  const cases: ReadonlyArray<readonly [configured: string | null, used: string, status: number]> = [
    [null, '', 503],
    ['', '', 503],
    [' , ', '', 503],
    [`other-key,${signingKey}`, signingKey, 200],
    [` ${signingKey} ,`, signingKey, 200],
    [`other-key,${signingKey}`, 'other-key', 200],
    [`other-key,${signingKey}`, '', 406],
    [`other-key,${signingKey}`, `other-key,${signingKey}`, 406],
  ];
  for (const [configured, used, status] of cases) {
    const attacked = await openAttackedSpace(
      bundleFile,
      {},
      configured === null ? {} : { MAILGUN_WEBHOOK_SIGNING_KEY: configured },
    );
    const token = 'token-for-keys';
    const body = bodyOf({ timestamp, token, signature: hmac(timestamp, token, used) }, eventData('keys'));
    const answer = await attacked.client.post(body, json);
    tally.add(
      `key ${JSON.stringify(configured)}, signed by ${JSON.stringify(used)}`,
      answer.status === status ? [] : [`answered ${answer.status}`],
    );
    await attacked.close();
  }
}

/** Everything that tries to get in without Mailgun's signature, or with one that was used before. */
export async function tryForgery(bundleFile: string): Promise<Result> {
  const tally = new Tally('forged and stolen signatures');
  const attacked = await openAttackedSpace(bundleFile);
  try {
    const before = await attacked.space.connection.count('email_events');
    await tryVariants(attacked, tally);
    const genuine = signatureVariants(0).filter((variant) => variant.isGenuine).length;
    const stored = await attacked.space.connection.count('email_events');
    tally.add(
      'what is stored of all variants',
      stored - before === genuine ? [] : [`${stored - before} events`],
    );
    await tryForms(attacked, tally);
    await tryRepeated(attacked, tally);
    await tryStolenTriples(attacked, tally);
    tally.add('statistics after all', await attacked.drain());
    tally.add('the log', attacked.log.violations([signingKey, 'stolen-1', 'crowd-same', 'token-for']));
  } finally {
    await attacked.close();
  }
  await tryKeys(bundleFile, tally);
  return tally.result();
}
