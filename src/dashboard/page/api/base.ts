/**
 * Where the routes of the space begin: `/dev` under the platform's host, nothing under a custom domain.
 */
export const base = location.pathname.replace(/\/dashboard\/?$/i, '');
