import { createHmac } from 'node:crypto';
import { signingKey } from '../virtual-space/virtual-space';

/** A signature block, and whether it is one that Mailgun could have made. */
export interface SignatureVariant {
  readonly name: string;
  readonly block: unknown;
  readonly isGenuine: boolean;
  /** How it must be refused when it is not. */
  readonly refusal: 'invalid_signature' | 'timestamp_expired';
}

export function hmac(timestamp: string, token: string, key = signingKey): string {
  return createHmac('sha256', key)
    .update(timestamp + token)
    .digest('hex');
}

/** What may stand in the place of any of the three fields. */
const mistyped: ReadonlyArray<readonly [string, unknown]> = [
  ['null', null],
  ['empty', ''],
  ['a blank', ' '],
  ['true', true],
  ['false', false],
  ['zero', 0],
  ['a number', 12.5],
  ['an empty list', []],
  ['an empty object', {}],
  ['an operator', { $ne: '' }],
  ['another operator', { $gt: 0 }],
  ['a prototype', { toString: 'x', valueOf: 'x', constructor: { name: 'String' } }],
  ['a list of lists', [[['x']]]],
  ['very long', 'a'.repeat(100_000)],
  ['not ASCII', 'ｆ'.repeat(64)],
  ['a line break', '\n'],
  ['a NUL', '\0'],
];

/** Every way in which a block can be wrong, and the few in which it is odd but right. Each with a token of its own. */
export function signatureVariants(now: number): SignatureVariant[] {
  const timestamp = String(now);
  let count = 0;
  const fresh = () => {
    count += 1;
    const token = `variant${count}x`.padEnd(50, '0');
    return { timestamp, token, signature: hmac(timestamp, token) };
  };
  const variants: SignatureVariant[] = [];
  const forged = (name: string, block: unknown) =>
    variants.push({ name, block, isGenuine: false, refusal: 'invalid_signature' });
  const genuine = (name: string, block: unknown) =>
    variants.push({ name, block, isGenuine: true, refusal: 'invalid_signature' });

  for (const [name, block] of mistyped) forged(`the block is ${name}`, block);
  forged('the block is absent', undefined);
  forged('the block is a list of the fields', Object.values(fresh()));
  forged('the block is in a list', [fresh()]);
  forged('the block is JSON text', JSON.stringify(fresh()));
  for (const field of ['timestamp', 'token', 'signature'] as const) {
    const { [field]: _, ...rest } = fresh();
    forged(`${field} is missing`, rest);
    forged(`${field} is spelt otherwise`, { ...rest, [field.toUpperCase()]: fresh()[field] });
    const block = fresh();
    forged(`${field} is in a list`, { ...block, [field]: [block[field]] });
    forged(`${field} is in an object`, { ...block, [field]: { value: block[field] } });
    for (const [name, value] of mistyped) forged(`${field} is ${name}`, { ...fresh(), [field]: value });
  }
  for (const length of [0, 1, 2, 31, 32, 62, 63]) {
    const block = fresh();
    forged(`the signature has ${length} digits`, { ...block, signature: block.signature.slice(0, length) });
  }
  const tails = ['0', '00', ' ', '\n', '\0', 'zz', '='];
  for (const tail of tails) {
    const block = fresh();
    forged(`the signature ends with ${JSON.stringify(tail)}`, {
      ...block,
      signature: block.signature + tail,
    });
    forged(`the timestamp ends with ${JSON.stringify(tail)}`, { ...block, timestamp: timestamp + tail });
  }
  const bytes = fresh();
  forged('the signature is base64', {
    ...bytes,
    signature: Buffer.from(bytes.signature, 'hex').toString('base64'),
  });
  forged('one digit is wrong', {
    ...bytes,
    signature: `${bytes.signature.startsWith('0') ? '1' : '0'}${bytes.signature.slice(1)}`,
  });
  forged('another token', { ...bytes, token: fresh().token });
  forged('another timestamp', { ...bytes, timestamp: String(now - 1) });
  // Nothing separates timestamp and token, so this one verifies: only its time, ten times too small, gives it away.
  variants.push({
    name: 'a moved boundary',
    block: {
      timestamp: timestamp.slice(0, -1),
      token: timestamp.slice(-1) + bytes.token,
      signature: bytes.signature,
    },
    isGenuine: false,
    refusal: 'timestamp_expired',
  });
  for (const key of ['', 'undefined', 'null', signingKey.toUpperCase(), `${signingKey} `, 'key-other']) {
    const { token } = fresh();
    forged(`made with the key ${JSON.stringify(key)}`, {
      timestamp,
      token,
      signature: hmac(timestamp, token, key),
    });
  }
  const long = 'a'.repeat(257);
  forged('the token is too long', { timestamp, token: long, signature: hmac(timestamp, long) });
  const wrong = fresh();
  forged('the parent signature is wrong', {
    ...wrong,
    signature: 'f'.repeat(64),
    'parent-signature': '0'.repeat(64),
  });
  forged('the parent signature is a list', {
    ...wrong,
    signature: 'f'.repeat(64),
    'parent-signature': [wrong.signature],
  });
  for (const odd of [
    `${timestamp}.0`,
    `+${timestamp}`,
    ` ${timestamp}`,
    `0x${now.toString(16)}`,
    '-1',
    'NaN',
  ]) {
    const { token } = fresh();
    forged(`signed timestamp ${JSON.stringify(odd)}`, { timestamp: odd, token, signature: hmac(odd, token) });
  }

  const upper = fresh();
  genuine('capitals', { ...upper, signature: upper.signature.toUpperCase() });
  genuine('a number as timestamp', { ...fresh(), timestamp: now });
  genuine('further fields', { ...fresh(), $where: '1', extra: [] });
  const parent = fresh();
  genuine('by the parent', { ...parent, signature: 'f'.repeat(64), 'parent-signature': parent.signature });
  genuine('only by the parent', {
    timestamp,
    token: parent.token.replace('v', 'w'),
    'parent-signature': hmac(timestamp, parent.token.replace('v', 'w')),
  });
  return variants;
}
