import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readMultipart } from './multipart';

async function encode(form: FormData): Promise<{ type: string; body: Buffer }> {
  const response = new Response(form);
  return {
    type: response.headers.get('content-type') ?? '',
    body: Buffer.from(await response.arrayBuffer()),
  };
}

describe('a multipart body', () => {
  it('is read as it was written, whatever stands in its fields and files', async () => {
    const name = fc.string({ minLength: 1, maxLength: 12, unit: fc.constantFrom(...'abcXYZ-_0189') });
    const fields = fc.array(fc.tuple(name, fc.string({ unit: 'grapheme', maxLength: 40 })), {
      minLength: 1,
      maxLength: 8,
    });
    const files = fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(fields, files, async (pairs, contents) => {
        const form = new FormData();
        for (const [field, value] of pairs) form.append(field, value);
        for (const content of contents) form.append('file', new Blob([new Uint8Array(content)]), 'a.bin');
        const { type, body } = await encode(form);
        const read = readMultipart(type, body);
        if (typeof read === 'string') throw new Error(read);
        // A form normalises line ends when it is encoded (HTML, "encoding form data").
        const expected = pairs.map(([field, value]) => [field, value.replace(/\r\n|\r|\n/g, '\r\n')]);
        expect(read.pairs).toEqual(expected);
        expect(read.attachments).toBe(contents.length);
      }),
      { numRuns: 200 },
    );
  });

  it('that is cut anywhere is refused with a sentence, never half read', async () => {
    const form = new FormData();
    form.append('event', 'delivered');
    form.append('recipient', 'a@example.com');
    const { type, body } = await encode(form);
    const whole = body.toString().trimEnd().length;
    for (let length = 0; length < whole - 1; length += 1) {
      expect(readMultipart(type, body.subarray(0, length))).toMatch(/cannot be read/);
    }
  });

  it('with a quoted boundary and odd headers is read', () => {
    const body = Buffer.from(
      '--x y\r\ncontent-disposition: form-data; name=event\r\nX-Odd\r\n\r\nopened\r\n--x y--',
    );
    const read = readMultipart('multipart/form-data; Boundary="x y"', body);
    expect(typeof read === 'string' ? read : read.pairs).toEqual([['event', 'opened']]);
  });
});
