import { gzipSync } from 'node:zlib';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

/** A body that is sent as it is: of a media type that is no JSON, or compressed, with the headers that say so. */
export interface EncodedBody {
  readonly bytes: Uint8Array;
  /** `text` when absent: it is sent as the text that it is. */
  readonly contentEncoding?: 'gzip' | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** How many rows it has, to be told when that is too many. */
  readonly rows?: number;
}

/** Smaller bodies are not worth it. */
const WORTH_COMPRESSING_BYTES = 4_096;

/** Whether the caller takes gzip (RFC 9110, 12.5.3): by its name, or by `*` where the header does not name it. */
export function acceptsGzip(event: APIGatewayProxyEventV2): boolean {
  const codings = (event.headers['accept-encoding'] ?? '').split(',').map((coding) => {
    const [name = '', ...parameters] = coding.split(';').map((part) => part.trim().toLowerCase());
    return { name, isTaken: !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter)) };
  });
  const gzip = codings.find(({ name }) => name === 'gzip' || name === 'x-gzip');
  return (gzip ?? codings.find(({ name }) => name === '*'))?.isTaken ?? false;
}

/** Compresses a text that is large, for a caller that takes it. */
export function encodeText(text: string, event: APIGatewayProxyEventV2): EncodedBody {
  const bytes = Buffer.from(text);
  const isWorthIt = bytes.length >= WORTH_COMPRESSING_BYTES && acceptsGzip(event);
  return isWorthIt ? { bytes: gzipSync(bytes), contentEncoding: 'gzip' } : { bytes };
}

/** A body's part of what a function answers to the gateway. */
export function bodyParts({ bytes, contentEncoding }: EncodedBody): APIGatewayProxyStructuredResultV2 {
  const text = Buffer.from(bytes);
  return contentEncoding === undefined
    ? { body: text.toString() }
    : { body: text.toString('base64'), isBase64Encoded: true };
}

/** What Lambda takes from a function at once: 6 MB as JSON, of which other headers take a little. */
const MOST_BYTES = 6 * 1024 * 1024 - 32_768;

/** Whether an answer is more than the gateway can carry. */
export function isTooLarge(response: APIGatewayProxyStructuredResultV2): boolean {
  // In JSON a character takes at most six bytes.
  if ((response.body?.length ?? 0) * 6 <= MOST_BYTES) return false;
  return Buffer.byteLength(JSON.stringify(response)) > MOST_BYTES;
}
