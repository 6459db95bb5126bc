/** Durable jobs and the dispatcher that runs them. */
export { Dispatcher, type DispatcherOptions, type RunJob, type TopicOptions } from './dispatcher';
export type { FailedJob, QueuedJob, WaitingJob } from './jobs';
export type { JobQueue } from './queue';
