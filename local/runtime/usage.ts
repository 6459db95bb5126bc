/** What the functions of an app have cost since the space started. */
export interface Usage {
  /** Requests that reached a function of the app. */
  requests: number;
  /** Runs of workers and of scheduled jobs. */
  jobs: number;
  /** Time until the answers and the ends of jobs, in milliseconds. */
  durationMs: number;
}
