import type { StoredNotice } from '../notice';
import { plainLine, plainText } from './plain';
import { signOf } from './sign';

/** Teams takes 28 KB for a message. */
const maxTextLength = 4000;

/** Runs of text, unlike blocks of it, know no Markdown: no link, no emphasis. A card shows no line breaks within one. */
const paragraph = (line: string, look: object = {}) => ({
  type: 'RichTextBlock',
  inlines: [{ type: 'TextRun', text: line === '' ? ' ' : line, ...look }],
});

/** A message of a Teams workflow "when a webhook request is received": an Adaptive Card. */
export function teamsMessage(notice: StoredNotice): object {
  const title = `${signOf(notice)}${plainLine(notice.title, 300)}`;
  const color = notice.level === 'critical' ? 'attention' : notice.level === 'warn' ? 'warning' : 'default';
  const lines = plainText(notice.text, maxTextLength).split('\n').slice(0, 100);
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          body: [
            paragraph(title, { size: 'large', weight: 'bolder', color }),
            ...lines.map((line) => paragraph(line)),
            paragraph(plainLine(notice.occurredAt, 100), { isSubtle: true, size: 'small' }),
          ],
        },
      },
    ],
  };
}
