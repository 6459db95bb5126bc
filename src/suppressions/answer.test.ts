import { describe, expect, it } from 'vitest';
import { readSuppressionSettings, type SuppressionSettings } from '../settings/settings';
import { judge, type Mail } from './answer';
import { pauseAfter } from './soft-bounces';
import { type Suppression, scopeOfRefusedMail } from './suppression';

function settings(env: Record<string, string> = {}): SuppressionSettings {
  const result = readSuppressionSettings(env);
  if ('problem' in result) throw new Error(result.problem);
  return result.settings;
}

const one = (fields: Partial<Suppression>): Suppression => ({
  list: 'bounce',
  domain: 'a.example.com',
  scope: '*',
  since: '2026-11-01T00:00:00.000Z',
  evidence: '0|2026-11-01T00:00:00.000Z|key',
  source: 'webhook',
  event: 'key',
  detail: null,
  classification: null,
  code: null,
  provider: null,
  by: null,
  until: null,
  doubtful: false,
  refusedByMailgun: true,
  ...fields,
});
const now = '2026-11-26T00:00:00.000Z';
const unknown: Mail = { domain: null, tags: null, list: null };
const fromA: Mail = { domain: 'a.example.com', tags: [], list: null };
const fromB: Mail = { domain: 'b.example.com', tags: [], list: null };
const newsFromA: Mail = { ...fromA, tags: ['News'] };

const newsletter = one({ list: 'unsubscribe', scope: 'tag:news' });
const everything = one({ list: 'unsubscribe' });
const mailingList = one({ list: 'unsubscribe', scope: 'list:dev@a.example.com' });
const refusedNews = one({ list: 'unsubscribe', scope: scopeOfRefusedMail(['news', 'week-1']) });
const byDomain = { BOUNCE_SCOPE: 'domain', COMPLAINT_SCOPE: 'domain', UNSUBSCRIBE_SCOPE: 'domain' };

describe('may one write to the address', () => {
  it.each<[string, Suppression[], Mail, Record<string, string>, string | null]>([
    ['nothing is known', [], unknown, {}, null],
    ['a bounce holds for all domains', [one({})], fromB, {}, 'bounced'],
    ['or for its own', [one({})], fromB, byDomain, null],
    ['or for its own', [one({})], fromA, byDomain, 'bounced'],
    ['a complaint holds for all domains', [one({ list: 'complaint' })], fromB, {}, 'complained'],
    ['or for its own', [one({ list: 'complaint' })], fromB, byDomain, null],
    ['of an unknown domain for every one', [one({ domain: null })], fromB, byDomain, 'bounced'],
    ['without a domain the strictest answer', [one({})], unknown, byDomain, 'bounced'],
    ['the newsletter after it was left', [newsletter], newsFromA, {}, 'unsubscribed'],
    ['a password reset after the newsletter was left', [newsletter], fromA, {}, null],
    ['other tags after the newsletter was left', [newsletter], { ...fromA, tags: ['reset'] }, {}, null],
    ['mail without more than a domain', [newsletter], { ...fromA, tags: null }, {}, 'unsubscribed'],
    ['another client', [newsletter], { ...newsFromA, domain: 'b.example.com' }, {}, null],
    ['unsubscribes by domain', [newsletter], fromA, byDomain, 'unsubscribed'],
    ['unsubscribes for all', [newsletter], fromB, { UNSUBSCRIBE_SCOPE: 'all' }, 'unsubscribed'],
    ['all mail of the domain', [everything], fromA, {}, 'unsubscribed'],
    ['all mail of another domain', [everything], fromB, {}, null],
    ['the mailing list', [mailingList], { ...fromA, list: 'Dev@a.example.com' }, {}, 'unsubscribed'],
    ['other mail than of the list', [mailingList], newsFromA, {}, null],
    ['another list', [mailingList], { ...fromA, list: 'x@a.example.com' }, {}, null],
    ['a list is no tag', [mailingList], { ...fromA, tags: ['dev@a.example.com'] }, {}, null],
    ['refused mail of unknown scope', [refusedNews], newsFromA, {}, 'unsubscribed'],
    ['refused mail of unknown scope, other tags', [refusedNews], { ...fromA, tags: ['reset'] }, {}, null],
    [
      'refused mail that an unsubscribe explains',
      [newsletter, refusedNews],
      { ...fromA, tags: ['week-1'] },
      {},
      null,
    ],
    ['the gravest is told', [one({}), one({ list: 'complaint' }), everything], fromA, {}, 'complained'],
    ['what has ended', [one({ list: 'manual', until: '2026-11-25T00:00:00.000Z' })], unknown, {}, null],
    ['what has not', [one({ list: 'manual', until: '2026-11-27T00:00:00.000Z' })], unknown, {}, 'manual'],
  ])('%s: %#', (_, suppressions, mail, env, reason) => {
    const verdict = judge(suppressions, mail, { settings: settings(env), now, isAllowed: false });
    expect(verdict).toMatchObject({ suppressed: reason !== null, reason });
    expect(verdict.scopes.length > 0).toBe(reason !== null);
  });

  it('an allowed address is suppressed by no bounce, and by everything else', () => {
    const allowed = { settings: settings(), now, isAllowed: true };
    expect(judge([one({}), one({ list: 'soft' })], unknown, allowed).suppressed).toBe(false);
    expect(judge([one({}), everything], unknown, allowed)).toMatchObject({ reason: 'unsubscribed' });
  });

  it('the answer is doubtful only when everything that applies is', () => {
    const how = { settings: settings(), now, isAllowed: false };
    const doubtful = one({ doubtful: true });
    expect(judge([doubtful], unknown, how)).toMatchObject({ suppressed: true, doubtful: true });
    expect(judge([doubtful, everything], fromA, how)).toMatchObject({ doubtful: false });
    expect(judge([doubtful, everything], fromB, how)).toMatchObject({ doubtful: true });
  });
});

describe('soft bounces', () => {
  const on = settings({ SOFT_BOUNCE_LIMIT: '3', SOFT_BOUNCE_DAYS: '10', SOFT_BOUNCE_PAUSE_DAYS: '5' });
  const day = (n: number) => new Date(Date.UTC(2026, 10, n)).toISOString();
  const failed = (n: number, messageId = `m${n}`) => ({ at: day(n), key: `k${n}`, messageId });
  const lift = { kind: 'lift', list: 'soft', domain: null, scope: null, until: null, since: null } as const;

  it.each<[string, Parameters<typeof pauseAfter>, string | null]>([
    ['off', [[failed(1), failed(2), failed(3)], null, [], settings()], null],
    ['too few', [[failed(1), failed(2)], null, [], on], null],
    ['enough', [[failed(3), failed(1), failed(2)], null, [], on], day(8)],
    ['one mail again and again', [[failed(1, 'm'), failed(2, 'm'), failed(3, 'm')], null, [], on], null],
    ['over too many days', [[failed(1), failed(6), failed(12)], null, [], on], null],
    ['a delivery in between', [[failed(1), failed(2), failed(4)], day(3), [], on], null],
    ['it goes on', [[failed(1), failed(2), failed(3), failed(5)], null, [], on], day(10)],
    [
      'lifted',
      [
        [failed(1), failed(2), failed(3)],
        null,
        [{ ...lift, at: day(4), source: 'person', by: null, why: null }],
        on,
      ],
      null,
    ],
  ])('%s', (_, given, until) => {
    expect(pauseAfter(...given)?.until ?? null).toBe(until);
  });
});
