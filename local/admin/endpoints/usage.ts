import { answerJson } from '../http/answer';
import type { AdminEndpoint } from './admin-call';

/** `GET _A_D_M_usage`: what the space has done since it started, and what it holds. */
export const usage: AdminEndpoint = async ({ space, response }) => {
  const { requests, jobs, durationMs } = space.usage;
  const collections = space.storage.describe();
  answerJson(response, [
    {
      _id: `${space.name}, since ${space.since.toISOString()}`,
      api: requests,
      codehook_invocation: jobs,
      datastore_objects: collections.reduce((sum, { count }) => sum + count, 0),
      datastore_size: space.storage.bytes(),
      codehook_time: Math.round(durationMs),
    },
  ]);
};
