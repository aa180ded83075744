import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseFormBody } from '../../shared/http/form-body.ts';
import { HttpProblem } from '../../shared/http/http-problem.ts';

const URLENCODED = 'application/x-www-form-urlencoded';

function parse(
  text: string | undefined,
  more: { contentType?: string | undefined; contentEncoding?: string; isBase64?: boolean } = {},
) {
  return parseFormBody({
    contentType: 'contentType' in more ? more.contentType : URLENCODED,
    contentEncoding: more.contentEncoding,
    text,
    isBase64: more.isBase64 ?? false,
  });
}

async function refusal(answer: Promise<unknown>): Promise<HttpProblem> {
  const error = await answer.then(
    () => new Error('it was not refused'),
    (reason: unknown) => reason,
  );
  if (error instanceof HttpProblem) return error;
  throw error;
}

/** Fields as a mail program writes them, each part with the headers given besides its name. */
function multipart(fields: readonly (readonly [string, string])[], boundary: string, partHeaders = ''): string {
  const parts = fields.map(
    ([name, value]) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n${partHeaders}\r\n${value}\r\n`,
  );
  return `${parts.join('')}--${boundary}--\r\n`;
}

const ONE_CLICK = [['List-Unsubscribe', 'One-Click']] as const;

describe('a form', () => {
  test('that is urlencoded gives the fields that were encoded, sent as text or as base64', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.string({ unit: 'grapheme', maxLength: 20 }), fc.string({ unit: 'grapheme', maxLength: 60 })),
        fc.boolean(),
        async (fields, isBase64) => {
          const text = new URLSearchParams(
            Object.entries(fields).map(([name, value]): [string, string] => [
              name.toWellFormed(),
              value.toWellFormed(),
            ]),
          ).toString();
          fc.pre(text.length <= 8_192);
          const sent = isBase64 ? Buffer.from(text).toString('base64') : text;
          expect(Object.entries(await parse(sent, { isBase64 }))).toEqual([...new URLSearchParams(text)]);
        },
      ),
    );
  });

  test.each([
    ['a plain boundary', 'AbC123', '', 'multipart/form-data; boundary=AbC123'],
    [
      'dashes, as browsers write them',
      '----WebKitFormBoundary7MA4',
      '',
      'multipart/form-data; boundary=----WebKitFormBoundary7MA4',
    ],
    ['a quoted boundary', 'ab:c d', '', 'multipart/form-data; boundary="ab:c d"'],
    ['another case and a charset', 'AbC', '', 'Multipart/Form-Data; charset=utf-8; boundary=AbC'],
    [
      'types and encodings of its parts',
      'AbC',
      'Content-Type: text/plain; charset=us-ascii\r\nContent-Transfer-Encoding: 7bit\r\n',
      'multipart/form-data; boundary=AbC',
    ],
  ])('that is multipart with %s gives its fields', async (_, boundary, partHeaders, contentType) => {
    const text = multipart([...ONE_CLICK, ['Ä', 'é\r\n2']], boundary, partHeaders);
    const fields = { 'List-Unsubscribe': 'One-Click', Ä: 'é\r\n2' };
    expect(await parse(text, { contentType })).toEqual(fields);
    expect(await parse(Buffer.from(text).toString('base64'), { contentType, isBase64: true })).toEqual(fields);
  });

  test('may be empty, and name a field as no object of ours does', async () => {
    expect(await parse('')).toEqual({});
    expect(await parse(undefined)).toEqual({});
    expect(Object.entries(await parse('__proto__=x'))).toEqual([['__proto__', 'x']]);
  });

  test('that gives fields twice has each of them named', async () => {
    const twice = await refusal(parse('a=1&b%2F=2&a=1&b%2F=3&c=4'));
    expect(twice.status).toBe(400);
    expect(twice.parts.errors?.map(({ pointer }) => pointer)).toEqual(['#/a', '#/b~1']);
    const text = multipart([...ONE_CLICK, ...ONE_CLICK], 'b');
    const inParts = await refusal(parse(text, { contentType: 'multipart/form-data; boundary=b' }));
    expect(inParts.parts.errors).toEqual([{ pointer: '#/List-Unsubscribe', detail: 'is given more than once' }]);
  });

  test('that holds a file is a 400', async () => {
    const file = '--b\r\nContent-Disposition: form-data; name="f"; filename="a.txt"\r\n\r\nsecret\r\n--b--\r\n';
    const { status, message } = await refusal(parse(file, { contentType: 'multipart/form-data; boundary=b' }));
    expect(status).toBe(400);
    expect(message).toBe('The form must not hold a file.');
  });

  test('of 8,192 bytes passes and one byte more is a 413, counted in bytes', async () => {
    const ofBytes = (bytes: number) => `a=${'é'.repeat((bytes - 2) / 2)}`;
    expect((await parse(ofBytes(8_192)))['a']).toHaveLength(4_095);
    expect((await refusal(parse(`${ofBytes(8_192)}x`))).status).toBe(413);
    const encoded = Buffer.from('x'.repeat(8_193)).toString('base64');
    expect((await refusal(parse(encoded, { isBase64: true }))).status).toBe(413);
  });

  test.each([
    ['no boundary', 'multipart/form-data'],
    ['an empty boundary', 'multipart/form-data; boundary='],
    ['another boundary', 'multipart/form-data; boundary=other'],
  ])('that is multipart with %s is a 400 that does not quote it', async (_, contentType) => {
    const { status, message } = await refusal(parse(multipart([['a', 'secret']], 'b'), { contentType }));
    expect(status).toBe(400);
    expect(message).toBe('The body is not a valid form.');
  });

  test('that is cut short anywhere is a 400, or has lost nothing but its end', async () => {
    const whole = multipart([['a', 'secret']], 'b');
    const contentType = 'multipart/form-data; boundary=b';
    for (let length = 0; length < whole.length; length += 1) {
      const outcome = await parse(whole.slice(0, length), { contentType }).catch((error: unknown) => error);
      if (outcome instanceof HttpProblem) expect(outcome).toMatchObject({ status: 400 });
      else expect(outcome, String(length)).toEqual({ a: 'secret' });
    }
  });

  test.each([
    [undefined],
    [''],
    ['application/json'],
    ['text/plain'],
    ['multipart/mixed; boundary=b'],
    ['multipart/form-database; boundary=b'],
    ['application/x-www-form-urlencoded-not'],
    ['text/plain, application/x-www-form-urlencoded'],
  ])('announced as %s is a 415', async (contentType) => {
    expect((await refusal(parse('a=1', { contentType }))).status).toBe(415);
  });

  test.each(['gzip', 'br', 'deflate'])('that is compressed by %s is a 415', async (contentEncoding) => {
    expect((await refusal(parse('a=1', { contentEncoding }))).status).toBe(415);
  });
});
