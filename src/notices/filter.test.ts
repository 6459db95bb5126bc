import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { type Described, type Filter, filter, wants } from './filter';

const alert: Described = {
  kind: 'alert',
  level: 'warn',
  name: 'complaints',
  domain: 'mg.example.com',
  tags: ['news'],
};
const event: Described = {
  kind: 'event',
  name: 'failed',
  classification: 'hard_bounce',
  domain: 'mg.example.com',
  tags: ['news', 'offers'],
};
const change: Described = { kind: 'suppression.changed', domain: 'mg.example.com' };
const digest: Described = { kind: 'digest' };
const everything = ['alert', 'digest', 'event', 'suppression.changed'] as const;

it.each<[string, Filter, Described, boolean]>([
  ['no condition, an alert', {}, alert, true],
  ['no condition, a digest', {}, digest, true],
  ['no condition, an event: they are many, so they must be asked for', {}, event, false],
  ['no condition, a change of a suppression', {}, change, false],
  ['no condition, a test: it is sent to whom it is for', {}, { kind: 'test' }, false],
  ['events', { kinds: ['event'] }, event, true],
  ['events only, an alert', { kinds: ['event'] }, alert, false],
  ['changes', { kinds: ['suppression.changed'] }, change, true],
  ['critical alerts', { levels: ['critical'] }, alert, false],
  ['critical alerts, one of them', { levels: ['critical'] }, { ...alert, level: 'critical' }, true],
  ['critical alerts, one without a level', { levels: ['critical'] }, { kind: 'alert' }, false],
  ['levels are of alerts', { kinds: [...everything], levels: ['critical'] }, event, true],
  ['a rule', { rules: ['complaints'] }, alert, true],
  ['another rule', { rules: ['hard_bounces'] }, alert, false],
  ['a domain', { domains: ['mg.example.com'] }, alert, true],
  ['a domain in capitals', { domains: ['mg.example.com'] }, { ...alert, domain: 'MG.Example.com' }, true],
  ['another domain', { domains: ['other.example'] }, alert, false],
  ['a domain, an alert of all mail', { domains: ['mg.example.com'] }, { kind: 'alert' }, false],
  ['a domain, a digest', { domains: ['mg.example.com'] }, digest, true],
  ['a tag', { kinds: ['event'], tags: ['offers'] }, event, true],
  ['another tag', { kinds: ['event'], tags: ['welcome'] }, event, false],
  ['a tag, an event without', { kinds: ['event'], tags: ['offers'] }, { ...event, tags: [] }, false],
  ['a type', { kinds: ['event'], eventTypes: ['failed'] }, event, true],
  ['another type', { kinds: ['event'], eventTypes: ['delivered'] }, event, false],
  ['a class', { kinds: ['event'], classes: ['hard_bounce'] }, event, true],
  [
    'a class, a delivery',
    { kinds: ['event'], classes: ['hard_bounce'] },
    { kind: 'event', name: 'delivered' },
    false,
  ],
  ['classes are of events', { kinds: ['event', 'alert'], classes: ['hard_bounce'] }, alert, true],
])('%s', (_, wanted, notice, expected) => {
  expect(wants(wanted, notice)).toBe(expected);
});

describe('a filter that is not accepted', () => {
  it.each([
    [{ kind: ['alert'] }],
    [{ kinds: ['alerts'] }],
    [{ kinds: 'alert' }],
    [{ kinds: [] }],
    [{ levels: ['warning'] }],
    [{ classes: ['hard_bounce'] }],
    [{ kinds: ['event'], classes: ['hard'] }],
    [{ eventTypes: ['failed'] }],
    [{ domains: [''] }],
    [{ domains: [7] }],
    [{ tags: Array.from({ length: 201 }, String) }],
  ])('%j', (wrong) => {
    expect(v.is(filter, wrong)).toBe(false);
  });
});
