import type { StoredNotice } from '../notice';
import { plainLine, plainText } from './plain';
import { signOf } from './sign';

const maxTextLength = 100_000;

function escaped(text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/'/g, '&#39;');
}

/** Subject, text and HTML of a mail. No line of the subject, and no tag of the HTML, comes from the notice. */
export function mailMessage(notice: StoredNotice): { subject: string; text: string; html: string } {
  const subject = `${signOf(notice)}${plainLine(notice.title, 200)}`;
  const text = plainText(notice.text, maxTextLength);
  const at = plainLine(notice.occurredAt, 100);
  return {
    subject,
    text: `${text}\n\n${at}\n`,
    html: `<!doctype html><meta charset="utf-8"><h2>${escaped(subject)}</h2><p style="white-space:pre-wrap">${escaped(text)}</p><p><small>${escaped(at)}</small></p>`,
  };
}
