import { describe, expect, it } from 'vitest';
import type { Counts } from '../statistics/counters';
import { causesOf } from './causes';
import { evaluate, isShareRule, type ShareRule } from './evaluate';
import { type RuleName, ruleTable } from './rules';
import { type WindowCounts, windowCounts } from './window';

function ruleNamed(name: RuleName): ShareRule {
  const rule = ruleTable.find((one) => one.name === name);
  if (rule === undefined || !isShareRule(rule)) throw new Error(`${name} is no rule about a share.`);
  return rule;
}

function windowOf(counts: Record<string, Counts>): WindowCounts {
  const times = { firstEventAt: '2026-11-24T12:00:00.000Z', lastEventAt: '2026-11-24T12:30:00.000Z' };
  const tallies = Object.entries(counts).map(([dimension, own]) => ({
    dimension,
    counts: own,
    ever: {},
    ...times,
  }));
  return windowCounts([{ tallies }]);
}

const mail = (complaints: number, deliveredToReporting: number): Counts => ({
  complaints,
  deliveredToReporting,
  delivered: deliveredToReporting * 2,
});

describe('what fires', () => {
  it.each<[RuleName, string, Counts, string | null]>([
    ['complaints', 'all', mail(3, 1000), null],
    ['complaints', 'all', mail(5, 1000), 'critical'],
    ['complaints', 'all', mail(5, 5000), 'warn'],
    ['complaints', 'all', mail(5, 5001), null],
    ['complaints', 'all', mail(50, 999), null],
    ['hard-bounces', 'tag:a', { delivered: 979, permanentFailures: 21, hardBounces: 21 }, 'warn'],
    ['hard-bounces', 'tag:a', { delivered: 950, permanentFailures: 50, hardBounces: 50 }, 'critical'],
    ['hard-bounces', 'tag:a', { delivered: 90, permanentFailures: 10, hardBounces: 10 }, null],
    ['temporary-failures', 'provider:Yahoo', { delivered: 400, temporaryFailures: 100 }, 'warn'],
    ['temporary-failures', 'tag:a', { delivered: 400, temporaryFailures: 400 }, 'off this scope'],
    ['delivery', 'domain:a.example', { delivered: 899, permanentFailures: 101 }, 'warn'],
    ['delivery', 'domain:a.example', { delivered: 901, permanentFailures: 99 }, null],
    ['unsubscribes', 'tag:a', { delivered: 2000, unsubscribes: 40 }, 'critical'],
  ])('%s of %s: %o', (name, scope, counts, expected) => {
    const [reading] = evaluate(ruleNamed(name), windowOf({ [scope]: counts }));
    expect(reading === undefined ? 'off this scope' : reading.level).toBe(expected);
  });

  it('a provider that refuses the sender, whatever its domain and code', () => {
    const blocked = (code: string): [string, Counts] => [
      `failure:${JSON.stringify(['mg.example.com', 'Outlook', 'sender_blocked', code])}`,
      { failures: 20 },
    ];
    const window = windowOf({
      'provider:Outlook': { delivered: 60, permanentFailures: 40 },
      'provider:Gmail': { delivered: 1000 },
      ...Object.fromEntries([blocked('5.7.515'), blocked('5.7.1')]),
    });
    expect(evaluate(ruleNamed('sender-blocked'), window)).toMatchObject([
      { scope: 'provider:Outlook', count: 40, volume: 100, level: 'critical' },
    ]);
  });

  it('what only the back-fill has brought of a domain', () => {
    const window = windowOf({
      'domain:mg.example.com': { delivered: 1000, accepted: 1000 },
      'backfill:mg.example.com': { delivered: 40 },
    });
    expect(evaluate(ruleNamed('webhooks-miss'), window)).toMatchObject([
      { scope: 'domain:mg.example.com', count: 40, volume: 2000, level: 'warn' },
    ]);
  });

  it('a rule without thresholds is off', () => {
    const rule = ruleNamed('complaints');
    const off = { ...rule, thresholds: { ...rule.thresholds, warn: null, critical: null } };
    expect(evaluate(off, windowOf({ all: mail(50, 1000) }))).toEqual([]);
  });

  it('an alert about all mail names where most of it comes from', () => {
    const window = windowOf({ all: mail(10, 1000), 'tag:a': mail(8, 500), 'tag:b': mail(1, 500) });
    expect(evaluate(ruleNamed('complaints'), window)[0]).toMatchObject({
      scope: 'all',
      details: ['tag a: 8 of 500', 'tag b: 1 of 500'],
    });
  });
});

it('mail about mail is in none of the numbers', () => {
  const window = windowOf({
    all: mail(9, 1100),
    'own:all': mail(9, 100),
    'tag:mailgun-webhook-handler-alert': mail(9, 100),
    'own:tag:mailgun-webhook-handler-alert': mail(9, 100),
  });
  expect(evaluate(ruleNamed('complaints'), window)).toMatchObject([
    { scope: 'all', count: 0, volume: 1000, level: null },
  ]);
});

describe('one cause is one alert', () => {
  const complaints = ruleNamed('complaints');
  const causes = (counts: Record<string, Counts>, open: string[] = []) =>
    causesOf(evaluate(complaints, windowOf(counts)), new Set(open), complaints.thresholds).map(
      ({ scope }) => scope,
    );

  it.each<[string, Record<string, Counts>, string[], string[]]>([
    [
      'one campaign of a small sender: the campaign',
      {
        all: mail(10, 2000),
        'domain:a': mail(10, 2000),
        'tag:x': mail(10, 2000),
        'provider:Yahoo': mail(6, 1000),
        'provider:Other': mail(4, 1000),
      },
      [],
      ['tag:x'],
    ],
    [
      'one bad campaign among good ones: the campaign',
      {
        all: mail(20, 10_000),
        'domain:a': mail(20, 10_000),
        'tag:x': mail(19, 2000),
        'tag:y': mail(1, 8000),
      },
      [],
      ['tag:x'],
    ],
    [
      'two bad campaigns: both, and all mail',
      { all: mail(40, 10_000), 'tag:x': mail(20, 2000), 'tag:y': mail(20, 2000) },
      [],
      ['tag:x', 'tag:y', 'all'],
    ],
    [
      'everything is a little bad: all mail',
      { all: mail(20, 10_000), 'tag:x': mail(4, 2000), 'tag:y': mail(4, 2000), 'domain:a': mail(20, 10_000) },
      [],
      ['domain:a'],
    ],
    [
      'a small campaign that is far worse than all mail is told of by itself',
      { all: mail(1100, 1_000_000), 'tag:x': mail(50, 1000) },
      [],
      ['tag:x', 'all'],
    ],
    [
      'a bad list, at every provider alike: the campaign',
      {
        all: mail(100, 3000),
        'tag:x': mail(100, 1000),
        'provider:Yahoo': mail(60, 1500),
        'provider:Other': mail(40, 1500),
      },
      [],
      ['tag:x'],
    ],
    [
      'a provider whose people complain of every campaign: the provider',
      {
        all: mail(90, 6000),
        'provider:Yahoo': mail(88, 1000),
        'provider:Other': mail(2, 5000),
        'tag:x': mail(45, 3000),
        'tag:y': mail(45, 3000),
      },
      [],
      ['provider:Yahoo'],
    ],
    [
      'what is open already explains what would open',
      { all: mail(20, 10_000), 'domain:a': mail(20, 10_000), 'tag:x': mail(19, 2000) },
      ['tag:x'],
      [],
    ],
  ])('%s', (_, counts, open, expected) => {
    expect(causes(counts, open)).toEqual(expected);
  });
});
