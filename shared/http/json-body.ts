import { visit } from 'jsonc-parser';
import { badFields, HttpProblem, pointerOf } from './http-problem.ts';

const MAX_BYTES = 8_192;
/** Deeper than any schema of ours; keeps the visitor's recursion short. */
const MAX_DEPTH = 16;
const CONTENT_TYPE = /^application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i;

/** A request's body as the gateway hands it over. */
export interface Body {
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  readonly text: string | undefined;
  readonly isBase64: boolean;
}

/**
 * The JSON value of a request's body.
 *
 * Stricter than `JSON.parse`: duplicate keys are refused (the caller's typing error would be lost in silence), and so are
 * bytes that are not UTF-8.
 * @throws HttpProblem 400, 413 or 415; never quoting the body
 */
export function parseJsonBody(body: Body): unknown {
  if (body.contentType === undefined || !CONTENT_TYPE.test(body.contentType.trim())) {
    throw new HttpProblem(415, 'The body must be application/json in UTF-8; say so in the content-type header.');
  }
  const text = textOf(body);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own message quotes the body.
    throw new HttpProblem(400, 'The body is not valid JSON.');
  }
  refuseDuplicateKeys(text);
  return value;
}

/** The body's bytes. @throws HttpProblem 413 or 415 */
export function bytesOf(body: Body): Buffer<ArrayBuffer> {
  if (body.contentEncoding !== undefined && body.contentEncoding.toLowerCase() !== 'identity') {
    throw new HttpProblem(415, 'The body must not be compressed.');
  }
  const bytes = Buffer.from(body.text ?? '', body.isBase64 ? 'base64' : 'utf8');
  if (bytes.length > MAX_BYTES) {
    throw new HttpProblem(413, `The body has ${bytes.length} bytes; at most ${MAX_BYTES} are taken.`);
  }
  return bytes;
}

function textOf(body: Body): string {
  const bytes = bytesOf(body);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new HttpProblem(400, 'The body is not valid UTF-8.');
  }
}

function refuseDuplicateKeys(text: string): void {
  const keysOfOpenObjects: Set<string>[] = [];
  let depth = 0;
  const enter = () => {
    depth += 1;
    if (depth > MAX_DEPTH) throw new HttpProblem(400, `The body is nested deeper than ${MAX_DEPTH} levels.`);
  };
  visit(text, {
    onObjectBegin: () => {
      enter();
      keysOfOpenObjects.push(new Set());
    },
    onArrayBegin: enter,
    onObjectEnd: () => {
      depth -= 1;
      keysOfOpenObjects.pop();
    },
    onArrayEnd: () => {
      depth -= 1;
    },
    onObjectProperty: (key, _offset, _length, _line, _character, pathOf) => {
      const keys = keysOfOpenObjects.at(-1);
      if (keys?.has(key)) {
        throw badFields([{ pointer: pointerOf('#', [...pathOf(), key]), detail: 'is given more than once' }]);
      }
      keys?.add(key);
    },
  });
}
