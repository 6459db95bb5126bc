import type { SimulatedEvent } from './event';

/** How a request is signed. All but the first two are what a forger could do without the key. */
export type Signing =
  | 'genuine'
  /** The primary account's key in `parent-signature`, another one in `signature`: a subaccount's event. */
  | 'by-parent'
  | 'wrong-key'
  | 'cut-off'
  | 'not-text'
  | 'missing';

/** The three values that Mailgun signs with, before they are signed. */
export interface Stamp {
  /** Seconds since 1970. */
  readonly timestamp: number;
  readonly token: string;
  readonly signing: Signing;
}

/** Why a request is sent. */
export type Purpose =
  /** The first notice of an event. */
  | 'notice'
  /** The same request once more, as Mailgun does when an answer got lost. */
  | 'retry'
  /** The same event with a fresh token, as a second URL or a replay from Mailgun's panel would bring. */
  | 'resend'
  | 'forgery';

export type RefusalCode = 'invalid_signature' | 'timestamp_expired' | 'replay_attack';

/** A request before it has its place among the others. */
export type Draft =
  | {
      readonly purpose: 'notice' | 'retry' | 'resend';
      readonly event: SimulatedEvent;
      readonly stamp: Stamp;
    }
  | {
      readonly purpose: 'forgery';
      readonly event: SimulatedEvent;
      readonly stamp: Stamp;
      readonly expectedRefusal: RefusalCode;
    };

/** One request to the webhook, and the answer that is right. */
export type Delivery = Draft & {
  /** Its place in the plan. */
  readonly id: number;
  /** The delivery whose token it steals: it must have been acknowledged before. */
  readonly after?: number;
};
