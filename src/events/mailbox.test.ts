import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMailbox } from './mailbox';

describe('a mailbox', () => {
  it.each([
    [' Alice@Example.COM ', 'alice@example.com'],
    ['a@x', 'a@x'],
    ['<a@x>', 'a@x'],
    ['Bob <a@x>', 'a@x'],
    ['Bob<a@x>', 'a@x'],
    ['"B, B." <a@x>', 'a@x'],
    ['"B \\"the\\" B" <A@X>', 'a@x'],
    ["O'Brien & Co. <o'brien+news@x.org>", "o'brien+news@x.org"],
    ['=?utf-8?q?J=C3=BCrgen?= <j@x.org>', 'j@x.org'],
    ['"a@x" <b@x>', 'b@x'],
    ['mailto:a@x', 'a@x'],
    ['MAILTO:a%2Bb@x.org?subject=Hello', 'a+b@x.org'],
    ['a@x.org.', 'a@x.org'],
    ['a..b@docomo.ne.jp', 'a..b@docomo.ne.jp'],
    ['a.@docomo.ne.jp', 'a.@docomo.ne.jp'],
    ['"odd name"@example.com', '"odd name"@example.com'],
    ['"a@b"@example.com', '"a@b"@example.com'],
    ['"alice"@example.com', 'alice@example.com'],
    ['a@[192.0.2.1]', 'a@[192.0.2.1]'],
    ['a@bücher.example', 'a@xn--bcher-kva.example'],
    ['a@BÜCHER.example', 'a@xn--bcher-kva.example'],
    ['a@bu\u0308cher.example', 'a@xn--bcher-kva.example'],
    ['a@XN--BCHER-KVA.example.', 'a@xn--bcher-kva.example'],
    ['a@bücher。example', 'a@xn--bcher-kva.example'],
    ['jose\u0301@x.org', 'jos\u00e9@x.org'],
    ['用户@例子.org', '用户@xn--fsqu00a.org'],
  ])('%j is %j', (text, address) => {
    expect(parseMailbox(text)).toBe(address);
  });

  it.each([
    ['no-at.example.com'],
    ['@example.com'],
    ['alice@'],
    ['ali\nce@example.com'],
    ['a b@x.org'],
    ['a@x.org, b@x.org'],
    ['a@x.org; b@x.org'],
    ['a@x.org b@x.org'],
    ['<a@x.org>, <b@x.org>'],
    ['Bob <a@x.org>, Eve <e@x.org>'],
    ['a@x.org <b@x.org>'],
    ['B, B. <a@x.org>'],
    ['<a@x.org> b@x.org'],
    ['mailto:a@x.org,b@x.org'],
    ['a@b@x.org'],
    ['a@x..org'],
    ['a@x.org\u200b'],
    ['a\u200b@x.org'],
    ['a@x/y'],
    ['a@%78.org'],
    ['"a\nb"@x.org'],
    [''],
    [null],
    [undefined],
  ])('%j is none', (text) => {
    expect(parseMailbox(text)).toBeNull();
  });

  it.each([
    ['long', `${'x'.repeat(320)}@example.com`],
    ['of a long label', `a@${'x'.repeat(64)}.org`],
    ['in many brackets', `${'('.repeat(2000)}a@x`],
    ['in many quotes', `${'"\\'.repeat(1000)}a@x`],
    ['full of blanks', `a${' '.repeat(2000)}@x`],
    ['a book', 'x'.repeat(100_000)],
    ['a book before an address', `${'x'.repeat(2048)} <a@x.org>`],
  ])('what is %s is none', (_, text) => {
    expect(parseMailbox(text)).toBeNull();
  });

  it('has one spelling: what was read once is read the same again', () => {
    const piece = fc.constantFrom(
      'a',
      'B',
      'é',
      'e\u0301',
      '.',
      '"',
      ' ',
      '@',
      '<',
      '>',
      ',',
      'x',
      'ü',
      '\\',
      '\ud800',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        const address = parseMailbox(pieces.join(''));
        if (address !== null) expect(parseMailbox(address)).toBe(address);
      }),
      { numRuns: 5000 },
    );
  });
});
