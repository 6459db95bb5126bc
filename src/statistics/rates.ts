import type { Counts } from './counters';

/** Shares between 0 and 1, null where there is nothing to divide by. */
export interface Rates {
  /** Delivered of all whose delivery was decided: delivered / (delivered + permanent failures). */
  delivery: number | null;
  /** Given up of all whose delivery was decided. */
  bounce: number | null;
  /** People who opened, per delivered. */
  open: number | null;
  /** People who clicked, per delivered. */
  click: number | null;
  /** People who clicked, per people who opened. */
  clickToOpen: number | null;
  complaint: number | null;
  unsubscribe: number | null;
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

/** The rates of a total, a campaign or a day. Defined here and nowhere else. */
export function ratesOf(counts: Counts): Rates {
  const delivered = counts.delivered ?? 0;
  const bounced = counts.permanentFailures ?? 0;
  const opened = counts.uniqueOpens ?? 0;
  const clicked = counts.uniqueClicks ?? 0;
  return {
    delivery: share(delivered, delivered + bounced),
    bounce: share(bounced, delivered + bounced),
    open: share(opened, delivered),
    click: share(clicked, delivered),
    clickToOpen: share(clicked, opened),
    complaint: share(counts.complaints ?? 0, delivered),
    unsubscribe: share(counts.unsubscribes ?? 0, delivered),
  };
}

/** The names of all rates. */
export const rateNames = Object.keys(ratesOf({})).filter((name): name is keyof Rates => name in ratesOf({}));
