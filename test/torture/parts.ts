/** What is tried in process, the longest first. */
export const partNames = [
  'faults',
  'interleavings',
  'platforms',
  'aftermaths',
  'hooks',
  'hangUps',
  'retention',
  'backfill',
  'reconciliation',
  'lists',
  'notices',
  'feed',
  'abuse',
  'erasure',
  'concurrency',
] as const;
export type PartName = (typeof partNames)[number];
