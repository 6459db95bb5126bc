import { expect, it } from 'vitest';
import { parseConfigured } from './configured';

const slack = {
  name: 'On call',
  kind: 'slack',
  url: 'https://hooks.slack.com/services/T0/B0/TopSecretToken',
};

it.each([
  ['not JSON', '[{', /is not JSON/],
  ['no list', JSON.stringify(slack), /list/],
  ['a wrong kind', JSON.stringify([{ ...slack, kind: 'pager' }]), /0\.kind: it must be slack/],
  ['no URL', JSON.stringify([slack, { name: 'x', kind: 'teams', url: 'TopSecretToken' }]), /1\.url/],
  ['a wrong filter', JSON.stringify([{ ...slack, filter: { levels: ['loud'] } }]), /0\.filter\.levels\.0/],
  ['a name twice', JSON.stringify([slack, slack]), /same name/],
])('%s is said in a sentence that repeats no secret', (_, text, sentence) => {
  const { destinations, problem } = parseConfigured(text);
  expect(destinations).toEqual([]);
  expect(problem).toMatch(/^ALERT_DESTINATIONS/);
  expect(problem).toMatch(sentence);
  expect(problem).not.toContain('TopSecret');
});

it('nothing is no destination', () => {
  expect(parseConfigured(' ')).toEqual({ destinations: [], problem: null });
});

it('a destination keeps its id when its address changes', () => {
  const [one] = parseConfigured(JSON.stringify([slack])).destinations;
  const [other] = parseConfigured(JSON.stringify([{ ...slack, url: 'https://example.com/x' }])).destinations;
  expect(one?.destination).toMatchObject({ name: 'On call', host: 'hooks.slack.com', ending: 'oken' });
  expect(one?.destination.id).toBe(other?.destination.id);
});
