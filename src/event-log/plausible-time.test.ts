import { expect, it } from 'vitest';
import { plausibleTime } from './plausible-time';

const receivedAt = '2026-11-24T12:00:00.000Z';

it.each([
  ['2026-11-24T11:59:59.000Z', true],
  ['2026-11-25T12:00:00.000Z', true],
  ['2026-11-25T12:00:00.001Z', false],
  ['2100-01-01T00:00:00.000Z', false],
  ['9999-12-31T23:59:59.000Z', false],
  ['2025-11-23T12:00:00.000Z', true],
  ['2018-05-01T00:00:00.000Z', false],
])('an event of %s that came in on 2026-11-24 is believed: %s', (occurredAt, isBelieved) => {
  expect(plausibleTime(occurredAt, receivedAt)).toBe(isBelieved ? occurredAt : receivedAt);
});
