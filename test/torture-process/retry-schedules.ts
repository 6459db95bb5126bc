/** Minutes between attempts, in the three versions that Mailgun has published. */
export const retrySchedules = {
  'from 5 min': [5, 10, 15, 60, 120, 240],
  'from 10 min, twice': [10, 10, 15, 30, 60, 120, 240],
  'from 10 min': [10, 15, 30, 60, 120, 240],
} as const satisfies Record<string, readonly number[]>;

export type ScheduleName = keyof typeof retrySchedules;

export const scheduleNames = ['from 5 min', 'from 10 min, twice', 'from 10 min'] as const;
