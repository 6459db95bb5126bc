/**
 * How late events are, as histograms: the upper bounds of their bins in seconds, behind which there is one more without a
 * bound. Numbers are stored in this order: a new histogram goes to the end, and a bound that changed would give what is
 * stored another meaning.
 */
export const lagTable = [
  { name: 'webhookArrival', boundsSeconds: [1, 5, 15, 60, 300, 900, 3600, 14_400, 28_800, 86_400] },
  { name: 'backfillArrival', boundsSeconds: [1800, 3600, 7200, 14_400, 28_800, 86_400, 259_200, 604_800] },
  { name: 'processing', boundsSeconds: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600] },
] as const satisfies ReadonlyArray<{ name: string; boundsSeconds: readonly number[] }>;

export type LagName = (typeof lagTable)[number]['name'];
