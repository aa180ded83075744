import { gzipSync } from 'node:zlib';
import type { CatalogueItem } from './catalogue-item.ts';
import type { Expectation } from './fuzz-request.ts';
import type { OperationUnderFuzz } from './operation-under-fuzz.ts';

const MANY_LEVELS = 100_000;
const BODY_LIMIT = 8_192;

interface BodyCase {
  readonly name: string;
  /** Of a JSON body's text. */
  readonly bodies: (text: string) => readonly Buffer[];
  readonly expects?: Expectation;
  readonly contentType?: string | null;
  readonly headers?: readonly (readonly [string, string])[];
}

const REFUSED: Expectation = { statuses: [400] };

/** Whole bodies that are none, or none of ours. */
export function bodyItems(): readonly CatalogueItem[] {
  const cases: readonly BodyCase[] = [
    {
      name: 'truncated JSON',
      bodies: (text) => [1, text.length >> 1, text.length - 1].map((length) => Buffer.from(text.slice(0, length))),
      expects: REFUSED,
    },
    {
      name: 'duplicate keys',
      bodies: (text) => [
        Buffer.from(text.replace('{', '{"zq":1,"zq":2,')),
        Buffer.from(text.replace(/\{("[^"]+")/, '{$1:0,$1')),
        Buffer.from(text.replace('{', '{"z\\u0071":1,"zq":2,')),
      ],
      expects: REFUSED,
    },
    {
      name: '__proto__',
      bodies: (text) =>
        ['"__proto__":{"adult":true}', '"constructor":{"prototype":{}}', '"toString":1'].map((member) =>
          Buffer.from(text.replace('{', `{${member},`)),
        ),
      expects: REFUSED,
    },
    {
      name: 'a lone surrogate as a member’s name',
      bodies: (text) => [Buffer.from(text.replace('{', '{"\\ud800":1,'))],
      expects: REFUSED,
    },
    {
      name: 'odd member names',
      bodies: (text) =>
        ['\\u0000', '', ' ', '~1/~0', '<script>alert(1)</script>', 'x'.repeat(5_000)].map((name) =>
          Buffer.from(text.replace('{', `{"${name}":1,`)),
        ),
      expects: REFUSED,
    },
    {
      name: 'null and array bodies',
      bodies: () => ['null', '[]', '[{}]', '"text"', '7', 'true', '', ' '].map((text) => Buffer.from(text)),
      expects: REFUSED,
    },
    {
      name: '100,000 levels',
      bodies: () => ['[', '{"a":'].map((open) => Buffer.from(open.repeat(MANY_LEVELS))),
      expects: { statuses: [413] },
    },
    {
      name: 'as many levels as 8 KiB hold',
      bodies: () => [Buffer.from(`${'['.repeat(BODY_LIMIT / 2)}${']'.repeat(BODY_LIMIT / 2)}`)],
      expects: REFUSED,
    },
    {
      name: 'invalid UTF-8',
      bodies: (text) =>
        [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xe2, 0x82]].map((bytes) =>
          Buffer.concat([
            Buffer.from(text.slice(0, -1)),
            Buffer.from(',"zq":"'),
            Buffer.from(bytes),
            Buffer.from('"}'),
          ]),
        ),
      expects: REFUSED,
    },
    { name: 'a byte order mark', bodies: (text) => [Buffer.from(`\ufeff${text}`)], expects: REFUSED },
    {
      name: 'UTF-16',
      bodies: (text) => [Buffer.from(text, 'utf16le'), Buffer.from(`\ufeff${text}`, 'utf16le')],
      expects: REFUSED,
    },
    {
      name: '8 KiB and one byte',
      bodies: (text) => [Buffer.from(text.padEnd(BODY_LIMIT + 1))],
      expects: { statuses: [413] },
    },
    { name: '1 MB', bodies: () => [Buffer.alloc(1_000_000, '[')], expects: { statuses: [413] } },
    {
      name: '11 MB, more than the gateway takes',
      bodies: () => [Buffer.alloc(11 * 1024 * 1024, '[')],
      expects: { statuses: [413], outside: true },
    },
    {
      name: 'gzip',
      bodies: (text) => [gzipSync(text)],
      headers: [['content-encoding', 'gzip']],
      expects: { statuses: [415] },
    },
    {
      name: 'gzip that says nothing',
      bodies: (text) => [gzipSync(text)],
      expects: REFUSED,
    },
  ];
  const items = cases.map(
    ({ name, bodies, ...writing }): CatalogueItem => ({
      name,
      of(under) {
        const { right } = under;
        if (right.body === undefined) return [];
        const text = JSON.stringify(right.body);
        return bodies(text).map((rawBody) =>
          under.write(right, { label: name, rawBody, ...writing, expects: expected(under, writing.expects) }),
        );
      },
    }),
  );
  return [...items, ...mediaTypeItems(), shortBody()];
}

/** A form's parser takes almost any bytes for names and values: what it may answer is told by its document alone. */
function expected({ operation }: OperationUnderFuzz, expects: Expectation = {}): Expectation {
  const isLoose = operation.form === true && expects.statuses?.includes(400);
  return isLoose ? {} : expects;
}

function mediaTypeItems(): readonly CatalogueItem[] {
  const wrong = [
    'text/plain',
    'application/xml',
    'application/jsonx',
    'application/vnd.api+json',
    'application/json; charset=utf-16',
    'application/json; charset=latin1',
    'application/json, text/plain',
    'json',
    '',
    ';',
  ];
  const odd = ['APPLICATION/JSON', 'application/json;charset="UTF-8"', 'application/json ; charset = utf-8'];
  const ofTypes = (
    name: string,
    types: readonly (string | null)[],
    statusesOf: (under: OperationUnderFuzz) => readonly number[],
  ): CatalogueItem => ({
    name,
    of(under) {
      if (under.right.body === undefined || under.operation.form) return [];
      return types.map((contentType) =>
        under.write(under.right, {
          label: `content-type ${contentType ?? 'missing'}`,
          contentType,
          expects: { statuses: statusesOf(under) },
        }),
      );
    },
  });
  const binary: CatalogueItem = {
    name: 'base64-flagged events',
    of(under) {
      if (under.right.body === undefined) return [];
      // What is no text to the gateway comes to the function in base64.
      return ['application/octet-stream', 'image/png', 'multipart/form-data; boundary=zq'].map((contentType) =>
        under.write(under.right, {
          label: `a body that the gateway encodes, ${contentType}`,
          contentType,
          expects: under.operation.form ? {} : { statuses: [415] },
        }),
      );
    },
  };
  const identity: CatalogueItem = {
    name: 'content encodings',
    of(under) {
      if (under.right.body === undefined) return [];
      return ['br', 'deflate', 'x-gzip', 'gzip, identity', 'zq'].map((encoding) =>
        under.write(under.right, {
          label: `content-encoding ${encoding}`,
          headers: [['content-encoding', encoding]],
          expects: { statuses: [415] },
        }),
      );
    },
  };
  return [
    ofTypes('wrong content types', [...wrong, null], () => [415]),
    // Right but for how they are written.
    ofTypes('odd content types', odd, ({ operation: { success, refusals } }) => [
      success.status,
      ...refusals.filter((status) => status !== 415),
    ]),
    binary,
    identity,
  ];
}

/** The sender goes away in the middle of the body. */
function shortBody(): CatalogueItem {
  return {
    name: 'a body that ends too soon',
    of(under) {
      if (under.right.body === undefined) return [];
      const rawBody = Buffer.from(JSON.stringify(under.right.body));
      return [
        under.write(under.right, {
          label: 'a body that ends too soon',
          rawBody: rawBody.subarray(0, rawBody.length >> 1),
          contentLength: rawBody.length,
          expects: { statuses: [400], outside: true },
        }),
      ];
    },
  };
}
