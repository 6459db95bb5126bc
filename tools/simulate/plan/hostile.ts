/**
 * Text that somebody may write into a subject or a variable in the hope that a database, a spreadsheet
 * or a page takes it for more than text.
 */
export const hostileTexts: readonly string[] = [
  '$set',
  '__proto__',
  "=cmd()|'/C calc'!A0",
  '@SUM(1+1)*cmd',
  '<script>alert(document.cookie)</script>',
  '"><img src=x onerror=alert(1)>',
  "'; DROP TABLE email_events; --",
  '{"$ne":null}',
  'line one\r\nBcc: everybody@victim.example',
  '\u202Egnp.exe',
  'Grüße 🎉 from “Łódź”',
];

/** Variables whose names mean something to a database or to JavaScript. */
export const hostileVariables: Readonly<Record<string, unknown>> = {
  $set: { status: 'active' },
  $where: 'sleep(1000)',
  // A computed name makes a property of its own; the plain name would set the prototype.
  ['__proto__']: { admin: true },
  constructor: 'x',
  'a.b.c': 'dots',
  '': 'empty name',
  _id: 'chosen by the sender',
};
