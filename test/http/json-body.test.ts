import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HttpProblem } from '../../shared/http/http-problem.ts';
import { parseJsonBody } from '../../shared/http/json-body.ts';

function parse(
  text: string | undefined,
  more: { contentType?: string | undefined; contentEncoding?: string; isBase64?: boolean } = {},
) {
  return parseJsonBody({
    contentType: 'contentType' in more ? more.contentType : 'application/json',
    contentEncoding: more.contentEncoding,
    text,
    isBase64: more.isBase64 ?? false,
  });
}

function refusal(run: () => unknown): { status: number; message: string } {
  try {
    run();
  } catch (error) {
    if (error instanceof HttpProblem) return { status: error.status, message: error.message };
    throw error;
  }
  throw new Error('it was not refused');
}

describe('a JSON body', () => {
  test('is read as JSON.parse reads it, sent as text or as base64', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8, noUnicodeString: false }), fc.boolean(), (value, isBase64) => {
        const text = JSON.stringify(value);
        fc.pre(Buffer.byteLength(text) <= 8192);
        const sent = isBase64 ? Buffer.from(text).toString('base64') : text;
        expect(parse(sent, { isBase64 })).toEqual(JSON.parse(text));
      }),
    );
  });

  test('of anything else is a 400 that does not quote it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        let valid = true;
        try {
          JSON.parse(text);
        } catch {
          valid = false;
        }
        fc.pre(!valid && text.length > 6);
        const { status, message } = refusal(() => parse(text));
        expect(status).toBe(400);
        expect(message).not.toContain(text);
      }),
    );
  });

  test.each([['{"a":1,"a":1}'], ['{"a":{"b":1,"b":2}}'], ['[{"a":1},{"a":1,"\\u0061":2}]']])(
    'that names a member twice is refused: %s',
    (text) => {
      expect(refusal(() => parse(text)).status).toBe(400);
    },
  );

  test('has the member named that it names twice', () => {
    try {
      parse('{"a":{"b":1,"b":2}}');
      throw new Error('it was not refused');
    } catch (error) {
      expect(error).toMatchObject({ parts: { errors: [{ pointer: '#/a/b' }] } });
    }
  });

  test('may use a name again in another object', () => {
    expect(parse('{"a":{"a":1},"b":[{"a":1},{"a":2}]}')).toEqual({ a: { a: 1 }, b: [{ a: 1 }, { a: 2 }] });
  });

  test('of 8,192 bytes passes and one byte more is a 413, counted in bytes', () => {
    const ofBytes = (bytes: number) => `"${'é'.repeat((bytes - 2) / 2)}"`;
    expect(parse(ofBytes(8192))).toHaveLength(4095);
    expect(refusal(() => parse(`${ofBytes(8192)} `)).status).toBe(413);
    expect(refusal(() => parse(Buffer.from('1'.repeat(8193)).toString('base64'), { isBase64: true })).status).toBe(413);
  });

  test('nested as deep as 8 KiB allow is a 400', () => {
    expect(refusal(() => parse(`${'['.repeat(4096)}${']'.repeat(4096)}`)).status).toBe(400);
    expect(refusal(() => parse(`${'{"a":'.repeat(1000)}1${'}'.repeat(1000)}`)).status).toBe(400);
  });

  test('with bytes that are not UTF-8, a byte order mark, or nothing at all is a 400', () => {
    expect(refusal(() => parse(Buffer.from([0x22, 0xff, 0x22]).toString('base64'), { isBase64: true })).status).toBe(
      400,
    );
    expect(refusal(() => parse('\ufeff{}')).status).toBe(400);
    expect(refusal(() => parse(undefined)).status).toBe(400);
  });

  test.each([['application/json'], ['Application/JSON; charset=UTF-8'], ['application/json;charset="utf-8"']])(
    'may be announced as %s',
    (contentType) => {
      expect(parse('{}', { contentType })).toEqual({});
    },
  );

  test.each([
    [undefined],
    ['text/plain'],
    ['application/json; charset=latin1'],
    ['application/jsonp'],
    ['application/json, text/plain'],
    ['multipart/form-data'],
  ])('announced as %s is a 415', (contentType) => {
    expect(refusal(() => parse('{}', { contentType })).status).toBe(415);
  });

  test('that is compressed is a 415', () => {
    expect(refusal(() => parse('{}', { contentEncoding: 'gzip' })).status).toBe(415);
  });
});
