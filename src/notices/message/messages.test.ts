import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import type { StoredNotice } from '../notice';
import { mailMessage } from './mail';
import { slackMessage } from './slack';
import { teamsMessage } from './teams';
import { typeOf, webhookMessage } from './webhook';

const notice: StoredNotice = {
  kind: 'alert',
  level: 'critical',
  name: 'complaints',
  occurredAt: '2026-11-24T12:00:00.000Z',
  title: 'Complaint rate 0.47 % at Gmail',
  text: '47 complaints of 10,000 delivered mails in 24 hours.\nGmail refuses mail from 0.30 %.',
  data: { rate: 0.0047 },
};

const hostile = [
  ['a bell for everybody', '<!channel> <!here> <@U123>'],
  ['a hidden link', '<https://evil.example|your bank>'],
  ['entities', '&lt;b&gt; &amp;amp;'],
  ['markup of Slack', '*bold* _italic_ ~gone~ `code` ```block``` > quote'],
  ['Markdown', '[click](https://evil.example) **bold** ![x](https://evil.example/x.png)'],
  ['a script', '<script>alert(1)</script><img src=x onerror=alert(1)>'],
  ['the end of an attribute', `"><svg onload='alert(1)'>`],
  ['headers of a mail', 'Hello\r\nBcc: victim@example.com\r\n\r\nbody'],
  ['other ends of a line', 'a\u2028b\u2029c\vd\u0085e'],
  ['a turned text', 'abc\u202Efdp.exe\u200B\uFEFF'],
  ['control characters', '\u0000\u0007\u001b[31mred\u009b'],
  ['half a character', '\ud800 x \udc00'],
  ['a long text', '<&>'.repeat(100_000)],
  ['templates', '{{constructor}} %recipient.email% {DATE(2017-02-14,SHORT)}'],
] as const;

const slack = v.object({
  text: v.string(),
  mrkdwn: v.literal(false),
  blocks: v.array(
    v.object({
      type: v.string(),
      text: v.optional(v.object({ type: v.literal('plain_text'), text: v.string() })),
    }),
  ),
});
const card = v.object({
  attachments: v.tuple([
    v.object({
      content: v.object({
        body: v.array(
          v.object({
            type: v.literal('RichTextBlock'),
            inlines: v.tuple([v.object({ type: v.literal('TextRun'), text: v.string() })]),
          }),
        ),
      }),
    }),
  ]),
});

const unclean = /[\p{Cs}\u200B-\u200F\u202A-\u202E\u2028\u2029\uFEFF]|[^\P{Cc}\n]/u;

describe.each(hostile)('%s', (_, text) => {
  const attacked = { ...notice, title: text, text };

  it('is text in Slack', () => {
    const message = v.parse(slack, slackMessage(attacked));
    for (const shown of [message.text, ...message.blocks.flatMap((block) => block.text?.text ?? [])]) {
      expect(shown).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/);
      expect(shown).not.toMatch(unclean);
    }
    const [header, section] = message.blocks;
    expect(header?.text?.text.length).toBeLessThanOrEqual(150);
    expect(section?.text?.text.length ?? 0).toBeLessThanOrEqual(3000);
  });

  it('is text in Teams', () => {
    const message = teamsMessage(attacked);
    const [{ content }] = v.parse(card, message).attachments;
    for (const { inlines } of content.body) expect(inlines[0].text).not.toMatch(unclean);
    expect(Buffer.byteLength(JSON.stringify(message))).toBeLessThan(28 * 1024);
  });

  it('is text in a mail', () => {
    const { subject, text: body, html } = mailMessage(attacked);
    expect(subject).not.toMatch(/[\r\n]/);
    expect(`${subject}${body}`).not.toMatch(unclean);
    const tags = [...html.matchAll(/<[^>]*>/g)].map(([tag]) => tag);
    expect(tags).toEqual([
      '<!doctype html>',
      '<meta charset="utf-8">',
      '<h2>',
      '</h2>',
      '<p style="white-space:pre-wrap">',
      '</p>',
      '<p>',
      '<small>',
      '</small>',
      '</p>',
    ]);
  });

  it('is data in a webhook', () => {
    const sent: unknown = JSON.parse(
      JSON.stringify(webhookMessage({ ...attacked, name: text, data: { text } })),
    );
    expect(sent).toMatchObject({ type: 'alert', data: { text } });
  });
});

it('an alert looks like this', () => {
  expect(slackMessage(notice)).toMatchObject({
    text: '[critical] Complaint rate 0.47 % at Gmail',
    blocks: [
      { type: 'header', text: { text: '[critical] Complaint rate 0.47 % at Gmail' } },
      { type: 'section', text: { text: notice.text } },
      { type: 'context' },
    ],
  });
  expect(mailMessage(notice)).toMatchObject({
    subject: '[critical] Complaint rate 0.47 % at Gmail',
    text: `${notice.text}\n\n2026-11-24T12:00:00.000Z\n`,
  });
  expect(webhookMessage(notice)).toEqual({
    type: 'alert.complaints',
    timestamp: '2026-11-24T12:00:00.000Z',
    data: { rate: 0.0047 },
  });
});

it.each([
  ['event', 'delivered', 'event.delivered'],
  ['alert', 'hard_bounces', 'alert.hard_bounces'],
  ['suppression.changed', 'added', 'suppression.changed'],
  ['digest', undefined, 'digest'],
  ['test', undefined, 'test'],
  ['event', 'a b', 'event'],
] as const)('a notice of kind %s named %s is of type %s', (kind, name, type) => {
  expect(typeOf(name === undefined ? { kind } : { kind, name })).toBe(type);
});
