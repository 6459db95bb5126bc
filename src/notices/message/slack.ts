import type { StoredNotice } from '../notice';
import { plainLine, plainText } from './plain';
import { signOf } from './sign';

/** Slack's limits for the text of a header and of a section, less what escaping may add to what is cut. */
const maxTitleLength = 140;
const maxTextLength = 2400;

/** Slack's three characters of control. `<!channel>` would ring everybody's bell, `<URL|text>` hide where a link leads. */
function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

/** Cuts behind whole characters where escaping has made a text too long. */
function fitting(text: string, maxLength: number): string {
  const whole = escaped(text);
  return whole.length <= maxLength
    ? whole
    : fitting(plainText(text, Math.floor(Array.from(text).length * 0.8)), maxLength);
}

/** A message of Slack's incoming webhooks. Its texts are `plain_text`: no star and no backtick of theirs is markup. */
export function slackMessage(notice: StoredNotice): object {
  const title = `${signOf(notice)}${plainLine(notice.title, maxTitleLength)}`;
  const text = plainText(notice.text, maxTextLength);
  return {
    // What a notification shows.
    text: escaped(title),
    mrkdwn: false,
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: fitting(title, 150), emoji: false } },
      ...(text.trim() === ''
        ? []
        : [{ type: 'section', text: { type: 'plain_text', text: fitting(text, 3000), emoji: false } }]),
      {
        type: 'context',
        elements: [{ type: 'plain_text', text: plainLine(notice.occurredAt, 100), emoji: false }],
      },
    ],
  };
}
