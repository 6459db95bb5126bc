import { param, query } from 'codehooks-js';
import { eventFields } from '../../events/fields';
import type { Schema } from './schema';

export type Parameter = ReturnType<typeof query>;

/**
 * A parameter that may be left out. It has no example: programs that show the document fill it in, and a first try
 * would ask for something that nobody has.
 */
export function optional(name: string, description: string, schema: Schema = { type: 'string' }): Parameter {
  return query(name, { description, schema });
}

export const limit = optional('limit', 'Items of a page.', {
  type: 'integer',
  minimum: 1,
  maximum: 1000,
  default: 50,
});
export const cursor = optional('cursor', 'The `next` of the page before.');

const day: Schema = { type: 'string', format: 'date' };
const dayOrTime: Schema = { type: 'string', anyOf: [{ format: 'date' }, { format: 'date-time' }] };

/** A span of days. */
export const days = [
  optional('from', 'The first day, such as `2026-11-01`.', day),
  optional('to', 'The last day.', day),
];

/** A span of time. */
export const span = [
  optional('from', 'A day or a time such as `2026-11-24T04:10:00Z`, inclusive.', dayOrTime),
  optional('to', 'The last day, or a time, exclusive.', dayOrTime),
];

export const changedSince = optional('changedSince', 'A day or a time. Not with `search`.', dayOrTime);
export const domain = optional('domain', 'A sending domain.');
export const tag = optional('tag', 'A tag.');

/** One of some words. */
export const choice = (
  name: string,
  description: string,
  words: readonly string[],
  fallback?: string,
): Parameter =>
  optional(name, description, {
    type: 'string',
    enum: [...words],
    ...(fallback && { default: fallback }),
  });

/** Parameters of the path. */
export const inPath = {
  tag: param('tag', {
    description: 'What no URL can carry, such as `..`, as `~` and its UTF-8 in base64url.',
    example: 'welcome',
  }),
  email: param('email', { example: 'alice@example.com' }),
  value: param('value', { description: 'An address or a domain.', example: 'example.com' }),
  key: param('key', {
    description: 'The `key` of an event.',
    example: eventFields.key.example,
  }),
  id: param('id', { description: 'The `id` of a destination.', example: '3f9a1c5e7b2d8046aa' }),
  alert: param('id', {
    description: 'The `id` of an alert.',
    example: 'complaints-9f86d081884c7d65-000001',
  }),
  rule: param('name', { description: 'The name of a rule.', example: 'complaints' }),
  messageId: param('messageId', {
    description: 'With or without angle brackets.',
    example: '20261124041023.1.ab@mg.example.com',
  }),
};
