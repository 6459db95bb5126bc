import type { Delivery, Stamp } from '../plan/delivery';
import { jsonEventOf } from './json-event';
import { type FormPairs, legacyFormOf, type SignedFields } from './legacy-form';
import { signatureOf } from './signature';

/** A body on its way, with the header that says how to read it. */
export interface EncodedBody {
  readonly contentType: string;
  readonly body: Buffer;
}

/** Turns a delivery into the request that Mailgun (or a forger) would send. The same delivery says the same each time. */
export async function encodeDelivery(delivery: Delivery, signingKey: string): Promise<EncodedBody> {
  const { event, stamp } = delivery;
  if (event.encoding === 'json') {
    const isSparse = delivery.purpose === 'resend';
    const body = { signature: jsonSignature(stamp, signingKey), 'event-data': jsonEventOf(event, isSparse) };
    return { contentType: 'application/json', body: Buffer.from(JSON.stringify(body)) };
  }
  const pairs = legacyFormOf(event, formSignature(stamp, signingKey));
  return event.encoding === 'urlencoded' ? urlencoded(pairs) : multipart(pairs);
}

function jsonSignature(stamp: Stamp, signingKey: string): unknown {
  const { token, signing } = stamp;
  // Text in most of Mailgun's payloads, a number in its documentation's table.
  const isNumber = token.startsWith('0');
  const timestamp = isNumber ? stamp.timestamp : String(stamp.timestamp);
  const signature = signatureOf(signingKey, String(stamp.timestamp), token);
  const otherSignature = signatureOf(`${signingKey}?`, String(stamp.timestamp), token);
  switch (signing) {
    case 'genuine':
      return { timestamp, token, signature };
    case 'by-parent':
      return { timestamp, token, signature: otherSignature, 'parent-signature': signature };
    case 'wrong-key':
      return { timestamp, token, signature: otherSignature };
    case 'cut-off':
      return { timestamp, token, signature: signature.slice(0, 32) };
    case 'not-text':
      return { timestamp: { $gt: 0 }, token: [token], signature: { $ne: '' } };
    case 'missing':
      return undefined;
  }
}

function formSignature(stamp: Stamp, signingKey: string): Partial<SignedFields> {
  const { token, signing } = stamp;
  const timestamp = String(stamp.timestamp);
  const signature = signatureOf(signingKey, timestamp, token);
  switch (signing) {
    case 'genuine':
    case 'by-parent':
      return { timestamp, token, signature };
    case 'wrong-key':
      return { timestamp, token, signature: signatureOf(`${signingKey}?`, timestamp, token) };
    case 'cut-off':
    case 'not-text':
      return { timestamp, token, signature: signature.slice(0, 32) };
    case 'missing':
      return { timestamp };
  }
}

function urlencoded(pairs: FormPairs): EncodedBody {
  const form = new URLSearchParams();
  for (const [name, value] of pairs) form.append(name, value);
  return { contentType: 'application/x-www-form-urlencoded', body: Buffer.from(form.toString()) };
}

async function multipart(pairs: FormPairs): Promise<EncodedBody> {
  const form = new FormData();
  for (const [name, value] of pairs) form.append(name, value);
  const encoded = new Response(form);
  return {
    contentType: encoded.headers.get('content-type') ?? 'multipart/form-data',
    body: Buffer.from(await encoded.arrayBuffer()),
  };
}
