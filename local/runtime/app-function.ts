/**
 * A function of the app as codehooks-js keeps it: a route, an auth hook, middleware, a worker or a job.
 * It is called with `(request, response, next)`; what it does with them is its own affair.
 */
export type AppFunction = (...args: unknown[]) => unknown;
