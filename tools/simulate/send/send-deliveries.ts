import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { createHttpClient } from '../../http-client';
import { encodeDelivery } from '../encode/encode-delivery';
import { CannotSimulate } from '../errors/cannot-simulate';
import type { Delivery } from '../plan/delivery';
import { type Outcome, readAnswer } from './read-answer';

export interface SendSettings {
  /** Base of the space, such as `http://localhost:3000/dev`. */
  readonly url: string;
  readonly signingKey: string;
  /** Requests under way at a time. Default 16. */
  readonly concurrency?: number;
  /** How long one delivery is tried again before it is given up. Default 60. */
  readonly maxWaitSeconds?: number;
  /** Stops the sending; the summary then tells what was done so far. */
  readonly signal?: AbortSignal;
  /** Called after every delivery that has come to its end. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** What became of the deliveries. */
export interface SendSummary {
  /** Deliveries that came to an end, forgeries included. */
  readonly sent: number;
  /** Answered 200: stored now or before. */
  readonly acknowledged: number;
  /** Of these, the ones answered `"duplicate": true`. */
  readonly duplicates: number;
  /** Forgeries refused as they should be. */
  readonly refusedForgeries: number;
  /** Requests that had to be sent again. */
  readonly retried: number;
  readonly seconds: number;
  /** Answers against the contract, in words, with how often each occurred. */
  readonly surprises: ReadonlyMap<string, number>;
  /** True when the signal came before the end. */
  readonly interrupted: boolean;
}

/** So many genuine requests refused one after the other can only mean another key. */
const refusalsInARow = 20;
const maxPauseSeconds = 5;

/**
 * Sends deliveries as Mailgun would: what is answered neither 200 nor 406, or not at all, is sent again
 * with growing pauses and the same token.
 * @param deliveries of a plan, all or some, in the plan's order; a stolen token without its owner is left out
 * @throws CannotSimulate when the space has no signing key, or another one
 */
export async function sendDeliveries(
  deliveries: readonly Delivery[],
  settings: SendSettings,
): Promise<SendSummary> {
  const { signingKey, concurrency = 16, maxWaitSeconds = 60, signal, onProgress } = settings;
  const url = new URL(`${settings.url.replace(/\/+$/, '')}/mailgun/events`);
  const client = createHttpClient(concurrency);
  const surprises = new Map<string, number>();
  const tally = { sent: 0, acknowledged: 0, duplicates: 0, refusedForgeries: 0, retried: 0 };
  const acknowledgements = awaitedDeliveries(deliveries);
  // A signal of its own, since every pause listens to it at the same time.
  const interruption = AbortSignal.any(signal === undefined ? [] : [signal]);
  setMaxListeners(concurrency, interruption);
  const startedAt = performance.now();
  let refusedInARow = 0;
  let next = 0;
  let failed = false;

  const isStopped = () => failed || signal?.aborted === true;
  const surprise = (what: string) => surprises.set(what, (surprises.get(what) ?? 0) + 1);

  async function attempt(delivery: Delivery): Promise<Outcome> {
    const { contentType, body } = await encodeDelivery(delivery, signingKey);
    try {
      const headers = { 'content-type': contentType, 'user-agent': 'mailgun/simulated' };
      return readAnswer(await client.send(url, { method: 'POST', headers, body }));
    } catch (error) {
      // Whether it was stored is unknown, as it is for Mailgun.
      return {
        kind: 'try-again',
        reason: `no answer (${error instanceof Error ? error.message : 'unknown'})`,
      };
    }
  }

  async function deliver(delivery: Delivery): Promise<Outcome> {
    const deadline = performance.now() + maxWaitSeconds * 1000;
    for (let pause = 0.2; ; pause = Math.min(pause * 2, maxPauseSeconds)) {
      const outcome = await attempt(delivery);
      if (outcome.kind !== 'try-again') return outcome;
      if (outcome.reason === '503 not_configured') {
        throw new CannotSimulate(
          'The space has no signing key: set MAILGUN_WEBHOOK_SIGNING_KEY for it and start it again.',
        );
      }
      if (isStopped() || performance.now() + pause * 1000 > deadline) return outcome;
      tally.retried++;
      // An interruption ends the pause; the loop then notices it.
      await sleep(pause * 1000, undefined, { signal: interruption }).catch(() => undefined);
    }
  }

  function judge(delivery: Delivery, outcome: Outcome): void {
    if (outcome.kind === 'try-again') {
      surprise(`${delivery.purpose} given up after ${outcome.reason}`);
    } else if (delivery.purpose === 'forgery') {
      if (outcome.kind === 'stored') surprise(`forgery accepted, ${delivery.expectedRefusal} expected`);
      else if (outcome.code === delivery.expectedRefusal) tally.refusedForgeries++;
      else surprise(`forgery refused as ${outcome.code}, ${delivery.expectedRefusal} expected`);
    } else if (outcome.kind === 'refused') {
      surprise(`genuine ${delivery.event.encoding} ${delivery.purpose} refused as ${outcome.code}`);
    } else {
      tally.acknowledged++;
      if (outcome.duplicate) tally.duplicates++;
    }
  }

  function watchForWrongKey(delivery: Delivery, outcome: Outcome): void {
    if (delivery.purpose === 'forgery') return;
    refusedInARow =
      outcome.kind === 'refused' && outcome.code === 'invalid_signature' ? refusedInARow + 1 : 0;
    if (refusedInARow >= refusalsInARow && tally.acknowledged === 0) {
      throw new CannotSimulate(
        'The space refuses every signature: the signing key of the simulator (--key or MAILGUN_WEBHOOK_SIGNING_KEY) is not the one of the space.',
      );
    }
  }

  async function work(): Promise<void> {
    while (!isStopped()) {
      const delivery = deliveries[next++];
      if (delivery === undefined) return;
      const robbed = delivery.after;
      // Before the genuine request is stored, its token is as good as new.
      const canGo = robbed === undefined || (await acknowledgements.get(robbed)?.promise) === true;
      if (!canGo) continue;
      const outcome = await deliver(delivery);
      acknowledgements.get(delivery.id)?.resolve(outcome.kind === 'stored');
      tally.sent++;
      judge(delivery, outcome);
      watchForWrongKey(delivery, outcome);
      onProgress?.(tally.sent, deliveries.length);
    }
  }

  try {
    await Promise.all(Array.from({ length: concurrency }, work));
  } finally {
    failed = true;
    client.close();
  }
  const seconds = (performance.now() - startedAt) / 1000;
  return { ...tally, seconds, surprises, interrupted: signal?.aborted === true };
}

interface Acknowledgement {
  readonly promise: Promise<boolean>;
  resolve(stored: boolean): void;
}

/** One promise for each delivery that a forgery waits for, of those that are sent. */
function awaitedDeliveries(deliveries: readonly Delivery[]): Map<number, Acknowledgement> {
  const awaited = new Map<number, Acknowledgement>();
  const present = new Set(deliveries.map(({ id }) => id));
  for (const { after } of deliveries) {
    if (after === undefined || !present.has(after) || awaited.has(after)) continue;
    let resolve: (stored: boolean) => void = () => {};
    const promise = new Promise<boolean>((settle) => {
      resolve = settle;
    });
    awaited.set(after, { promise, resolve });
  }
  return awaited;
}
